"""A record with every kind of picture in it."""

from __future__ import annotations

from dataclasses import replace

from mlgate.results import (
    CheckRun,
    Decision,
    Finding,
    Json,
    Level,
    Measurement,
    Outcome,
    Record,
    Result,
    RunStatus,
    SliceMeasurement,
    Verdict,
)
from mlgate.stats import Estimate, Spread
from mlgate.testing.records import sample_record

RATES = [step / 99 for step in range(100)]
ROC: Json = {"false_positive_rate": list(RATES), "true_positive_rate": [rate**0.3 for rate in RATES]}
EXAMPLE: dict[str, Json] = {
    "row": {"age": 30, "hours": 40},
    "change": {"hours": 41},
    "pytest": "def test_it(predict):\n    assert predict(1) == 2\n",
}
HISTOGRAM: Json = {"unit": "ms", "edges": [0, 10, 20], "counts": [30, 60]}
CURVE: Json = {"predicted": [0.1, 0.5, 0.9], "observed": [0.2, 0.4, 0.95], "rows": [10, 20, 30]}


def pictured() -> Record:
    """A denied run with every kind of picture in it."""
    estimate = Estimate(0.8, 1_000, Spread("wilson", 0.01))
    measurement = Measurement(
        estimate,
        slices=tuple(SliceMeasurement({"region": f"number {n}"}, estimate) for n in range(12)),
        findings=(Finding("row 3 is wrong", data=EXAMPLE),),
        data={
            "curve": CURVE,
            "roc": ROC,
            "roc_of_champion": ROC,
            "histogram": HISTOGRAM,
            "bins": {"age": {"bins": ["young", "old"], "before": [0.5, 0.5], "now": [0.2, 0.8]}},
        },
        notes=("a note",),
    )
    run = CheckRun("own.pictured", RunStatus.MEASURED, 0.1, measurement)
    failed = Result(run, Outcome.FAILED, Level.ENFORCE, "at_least(0.9)", "0.8 is below 0.9")
    record = sample_record()
    verdict = Verdict(Decision.DENIED, ("own.pictured: 0.8 is below 0.9",), 1)
    return replace(record, results=(failed, *record.results), verdict=verdict)
