"""The published format: its keys, its schema, and the records of every release."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from mlgate.results import (
    CheckRun,
    GateFacts,
    Level,
    Measurement,
    Outcome,
    Record,
    Result,
    RunStatus,
    SliceMeasurement,
)
from mlgate.results.record import SCHEMA
from mlgate.results.record_json import from_json, record_schema, to_json
from mlgate.stats import Estimate, Spread
from mlgate.testing.records import sample_record

FROZEN = Path(__file__).parent.parent / "records"


def test_the_published_schema_is_a_schema_of_draft_2020_12() -> None:
    """Editors and other tools can read it."""
    Draft202012Validator.check_schema(record_schema())
    assert record_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_keys_of_the_format_stand_where_the_design_says() -> None:
    """Other tools read these keys; they may be added to and never taken away."""
    record = json.loads(to_json(sample_record()))
    assert list(record) == [
        "schema",
        "id",
        "mlgate",
        "started",
        "seconds",
        "complete",
        "candidate",
        "champion",
        "data",
        "gate",
        "environment",
        "verdict",
        "results",
        "waivers",
        "trust",
        "secrets",
    ]
    assert record["schema"] == "mlgate-record/1"
    assert set(record["candidate"]) >= {"uri", "digest"}
    assert set(record["data"]["test"]) >= {"uri", "digest", "rows"}
    assert set(record["gate"]) >= {"digest", "confidence"}
    assert set(record["trust"][0]) == {"by", "model", "digest", "overrides"}
    assert set(record["verdict"]) == {"decision", "reasons", "exit_code"}
    result = record["results"][1]
    assert set(result) >= {"check", "outcome", "level", "rule", "reason", "seconds", "measurement", "findings", "rules"}
    measurement = result["measurement"]
    assert set(measurement) >= {"value", "unit", "n", "interval", "spread", "slices", "parts", "comparison", "data"}
    assert set(measurement["interval"]) == {"low", "high", "level", "method"}
    assert measurement["slices"][0]["slice"] == {"sex": "female"}
    assert set(record["results"][-1]["findings"][0]) == {"message", "severity", "location", "data"}


def test_a_slice_may_be_named_by_a_condition() -> None:
    """It is kept beside the columns, and read back as it was."""
    slices = (
        SliceMeasurement({"age": "age < 25"}, Estimate(0.1, 60), "age < 25"),
        SliceMeasurement({"age": "25"}, Estimate(0.1, 60)),
    )
    run = CheckRun("a.b", RunStatus.MEASURED, 0.0, Measurement(Estimate(0.1, 60), slices=slices))
    record = replace(sample_record(), results=(Result(run, Outcome.PASSED, Level.ENFORCE, None, ""),))
    written = json.loads(to_json(record))["results"][0]["measurement"]["slices"]
    assert [each["condition"] for each in written] == ["age < 25", ""]
    read = from_json(to_json(record)).results[0].run.measurement
    assert read is not None
    assert [each.name for each in read.slices] == ["age < 25", "age=25"]


def test_the_interval_is_drawn_at_the_confidence_of_the_gate() -> None:
    """The 90% interval of a mean is value -+ 1.645 standard errors (the normal table's 95th percentile)."""
    record = sample_record()
    facts = replace(record.facts, gate=GateFacts(0.90))
    run = CheckRun("a.b", RunStatus.MEASURED, 0.0, Measurement(Estimate(10.0, 100, Spread("normal", 2.0))))
    result = Result(run, Outcome.PASSED, Level.ENFORCE, None, "")
    drawn = json.loads(to_json(Record(facts, record.verdict, (result,), 0.0)))["results"][0]["measurement"]["interval"]
    assert drawn["low"] == pytest.approx(10 - 1.6448536 * 2)
    assert drawn["high"] == pytest.approx(10 + 1.6448536 * 2)
    assert (drawn["level"], drawn["method"]) == (0.90, "normal")


@pytest.mark.parametrize("path", sorted(FROZEN.glob("*.json")), ids=lambda path: path.name)
def test_records_of_every_released_format_are_read_for_ever(path: Path) -> None:
    """Each frozen file is read, and its numbers draw the intervals that stand in it; files are only ever added."""
    written, record = json.loads(path.read_bytes()), from_json(path.read_bytes())
    assert record.verdict.decision == written["verdict"]["decision"]
    assert len(record.results) == len(written["results"]) == 10
    for result, entry in zip(record.results, written["results"], strict=True):
        assert (result.check, result.outcome, result.reason) == (entry["check"], entry["outcome"], entry["reason"])
        measurement = result.run.measurement
        if measurement is not None and measurement.estimate is not None:
            drawn = measurement.estimate.interval(record.facts.gate.confidence)
            assert measurement.estimate.value == entry["measurement"]["value"]
            assert drawn.low == pytest.approx(entry["measurement"]["interval"]["low"], rel=1e-12)
            assert drawn.high == pytest.approx(entry["measurement"]["interval"]["high"], rel=1e-12)


def test_a_frozen_record_exists_for_the_format_that_is_written_now() -> None:
    """Whoever raises the version of the format adds a file, named after it."""
    assert f"{SCHEMA.replace('/', '-')}.json" in {path.name for path in FROZEN.iterdir()}


def test_a_key_that_a_later_release_adds_is_passed_over() -> None:
    """Keys may be added: an older mlgate of the same format reads what it knows."""
    later = json.loads(to_json(sample_record()))
    later["mood"] = "new"
    later["results"][0]["colour"] = "new"
    assert from_json(json.dumps(later).encode()) == sample_record()
