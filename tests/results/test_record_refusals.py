"""What is refused: records that can't be written strictly, and records that are odd."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.errors import RecordError
from mlgate.results import (
    CheckRun,
    Measurement,
    RunStatus,
)
from mlgate.results.record_json import from_json, run_from_json, run_to_json, to_json
from mlgate.stats import Estimate, Scale, Spread
from mlgate.testing.records import sample_record


def test_numbers_of_numpy_are_written_as_numbers() -> None:
    """A check author who hands over numpy's scalars gets a record, not a crash."""
    data: Mapping[str, object] = {"a": np.float64(0.5), "b": np.int64(3), "c": (np.float32(0.25),)}
    run = CheckRun("a.b", RunStatus.MEASURED, 0.0, Measurement(data=data))  # type: ignore[arg-type]
    assert json.loads(run_to_json(run))["measurement"]["data"] == {"a": 0.5, "b": 3, "c": [0.25]}


def test_half_a_surrogate_pair_is_replaced() -> None:
    """A file name that is no UTF-8 must not keep a record from being written."""
    run = CheckRun("a.b", RunStatus.ERRORED, 0.0, reason="no file \ud800.csv")
    assert run_from_json(run_to_json(run)).reason == "no file \ufffd.csv"


@pytest.mark.parametrize(
    ("measurement", "sentence"),
    [
        (
            Measurement(data={"curve": [0.5, math.nan]}),
            "a.b.measurement.data.curve[1] is nan, which JSON does not have. Leave it out, or hand over None.",
        ),
        (
            Measurement(Estimate(1.0, 2, Spread("x", 1.0, df=math.inf))),
            "a.b.measurement.spread.df is inf, which JSON does not have. Leave it out, or hand over None.",
        ),
        (
            Measurement(data={"when": {1, 2}}),  # type: ignore[dict-item]
            "a.b.measurement.data.when is of type set, which JSON does not have. "
            "Hand over numbers, text, lists and dictionaries.",
        ),
        (
            Measurement(data={"by": {1: "x"}}),  # type: ignore[dict-item]
            "a.b.measurement.data.by has the key 1; JSON's keys are text. Use '1'.",
        ),
        (
            Measurement(Estimate(2.0, 10, Spread("wilson", 0.1, Scale.SCORE, trials=10.0))),
            "a.b: no interval can be drawn around 2 (math domain error). "
            "The check has to return a spread that fits its value.",
        ),
    ],
)
def test_what_strict_json_can_not_hold_is_refused_by_name(measurement: Measurement, sentence: str) -> None:
    """A NaN, an object, a key that is no text, a spread that fits no value: the sentence says where it stands."""
    with pytest.raises(RecordError) as refused:
        run_to_json(CheckRun("a.b", RunStatus.MEASURED, 0.0, measurement))
    assert str(refused.value) == sentence


WHOLE = to_json(sample_record())
LINES = WHOLE.count(b"\n")
AGAIN = "Run the gate again, or take the file from where it was written."


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (b"", f"The record is empty. {AGAIN}"),
        (WHOLE[:300], f"The record is cut off in line 10. {AGAIN}"),
        (WHOLE[:-3], f"The record is cut off in line {LINES - 1}. {AGAIN}"),
        (b"PAR1\x00\xff", f"The record is not UTF-8 text (byte 5). {AGAIN}"),
        (b"verdict: denied", f"The record is not JSON: expecting value in line 1, column 1. {AGAIN}"),
        (b"[" * 100_000, f"The record is not strict JSON: it is nested too deeply. {AGAIN}"),
        (
            b'{"version": "2.1.0"}',
            "This is JSON, but not a record of mlgate: it has no key `schema` that says so. "
            "`mlgate run --report json=PATH` writes one.",
        ),
        (
            WHOLE.replace(b"mlgate-record/1", b"mlgate-record/9"),
            "The record's schema is 'mlgate-record/9', and this mlgate reads mlgate-record/1. "
            "Read it with the mlgate that wrote it, or a newer one.",
        ),
        (
            WHOLE.replace(b'"decision": "denied",', b""),
            "The record does not follow mlgate-record/1: object missing required field `decision` - at `$.verdict`.",
        ),
        (
            WHOLE.replace(b'"decision": "denied"', b'"decision": "perhaps"'),
            "The record does not follow mlgate-record/1: invalid enum value 'perhaps' - at `$.verdict.decision`.",
        ),
        (WHOLE.replace(b": 3.2", b": NaN"), f"The record is not strict JSON: it holds NaN. {AGAIN}"),
        (WHOLE.replace(b": 3.2", b": -Infinity"), f"The record is not strict JSON: it holds -Infinity. {AGAIN}"),
        (
            WHOLE.replace(b": 3.2", b": 1e999"),
            f"The record is not strict JSON: it holds 1e999, which no float holds. {AGAIN}",
        ),
        (
            WHOLE.replace(b'"complete": true', b'"complete": false, "complete": true'),
            f"The record is not strict JSON: an object has the key 'complete' twice. {AGAIN}",
        ),
        (
            WHOLE.replace(b"2026-11-24T", b"2026-11-99T"),
            "The record holds what no run leaves: it started at 2026-11-99T08:30:00.250Z, which is no time.",
        ),
        (
            WHOLE.replace(b'"value": 0.741', b'"value": null'),
            "The record holds what no run leaves: performance.roc_auc has a value without rows, "
            "or rows without a value.",
        ),
    ],
    ids=lambda value: value[:40].decode("latin-1") if isinstance(value, bytes) else "",
)
def test_a_record_that_is_odd_is_refused_with_one_sentence(document: bytes, sentence: str) -> None:
    """Truncated, foreign, of another version, lacking a key, not strict: never half read."""
    with pytest.raises(RecordError) as refused:
        from_json(document)
    assert str(refused.value) == sentence


@given(st.integers(1, len(WHOLE) - 2))
@settings(max_examples=60, deadline=None)
def test_no_cut_of_a_record_is_read(length: int) -> None:
    """Wherever the disk was full, what is left is refused."""
    with pytest.raises(RecordError):
        from_json(WHOLE[:length])


def test_a_cut_line_of_the_journal_is_refused() -> None:
    """The line that was in flight when the process was killed is no check."""
    line = run_to_json(sample_record().results[0].run)
    with pytest.raises(RecordError) as refused:
        run_from_json(line[:-5])
    assert str(refused.value) == f"This line of the journal is cut off in line 1. {AGAIN}"
