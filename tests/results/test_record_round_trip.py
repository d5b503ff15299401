"""What goes out comes back: any record, any line of the journal."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mlgate.results import (
    CheckRun,
    Comparison,
    DataSubject,
    Decision,
    Finding,
    GateFacts,
    JudgedBy,
    Level,
    Location,
    Measurement,
    ModelSubject,
    Outcome,
    Part,
    Record,
    Result,
    RuleOutcome,
    RunFacts,
    RunStatus,
    Severity,
    SliceMeasurement,
    TooSmall,
    Verdict,
    WaiverUse,
)
from mlgate.results.record_json import from_json, record_schema, run_from_json, run_to_json, to_json
from mlgate.stats import Estimate, Scale, Spread

VALIDATOR = Draft202012Validator(record_schema())

texts = st.text(max_size=12)
counts = st.integers(0, 10**12)
shares = st.floats(0, 1)
numbers = st.floats(-1e9, 1e9)
seconds = st.floats(0, 1e6)
confidences = st.floats(0.5, 0.999)
names = st.dictionaries(texts, texts, max_size=3)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
json_objects = st.dictionaries(texts, json_values, max_size=3)


def maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


def many(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(strategy, max_size=2).map(tuple)


def spreads(scale: Scale, values: st.SearchStrategy[float]) -> st.SearchStrategy[Spread]:
    return st.builds(
        Spread,
        method=texts,
        se=st.floats(0, 10),
        scale=st.just(scale),
        df=st.none() | st.floats(1, 1e4),
        centre=st.none() | values,
        trials=st.floats(1, 1e9) if scale is Scale.SCORE else st.none(),
        least=st.none() | st.floats(-1e9, 0),
        most=st.none() | st.floats(0, 1e9),
    )


def estimates_on(scale: Scale, values: st.SearchStrategy[float]) -> st.SearchStrategy[Estimate]:
    return st.builds(
        Estimate, value=values, n=counts, spread=st.none() | spreads(scale, values), support=st.none() | counts
    )


estimates = st.one_of(
    estimates_on(Scale.IDENTITY, numbers),
    estimates_on(Scale.LOG, st.floats(0, 1e9)),
    estimates_on(Scale.ATANH, st.floats(-1, 1)),
    estimates_on(Scale.LOG_COMPLEMENT, st.floats(-1e9, 1)),
    *(estimates_on(scale, shares) for scale in (Scale.LOGIT, Scale.SCORE)),
)
findings = st.builds(
    Finding,
    message=texts,
    severity=st.sampled_from(Severity),
    location=maybe(st.builds(Location, file=texts, line=maybe(counts))),
    data=json_objects,
)
measurements = st.builds(
    Measurement,
    estimate=maybe(estimates),
    unit=texts,
    slices=many(st.builds(SliceMeasurement, slice=names, estimate=estimates, metric=maybe(texts))),
    parts=many(st.builds(Part, name=texts, estimate=estimates, unit=texts)),
    comparison=maybe(
        st.builds(
            Comparison,
            champion=estimates,
            difference=estimates,
            higher_is_better=maybe(st.booleans()),
            bounded=st.booleans(),
        )
    ),
    findings=many(findings),
    judged_by=st.sampled_from(JudgedBy),
    notes=many(texts),
    too_small=many(st.builds(TooSmall, texts, texts, st.none() | st.integers(0, 10**6), st.none() | texts)),
    data=json_objects,
)
runs = st.builds(
    CheckRun,
    check=texts,
    status=st.sampled_from(RunStatus),
    seconds=seconds,
    measurement=maybe(measurements),
    options=json_objects,
    reason=maybe(texts),
    cause=maybe(texts),
    traceback=maybe(texts),
)
rules = st.builds(
    RuleOutcome,
    rule=texts,
    outcome=st.sampled_from(Outcome),
    level=st.sampled_from(Level),
    reason=texts,
    rows_needed=maybe(counts),
    waived=maybe(texts),
    where=maybe(texts),
)
results = st.builds(
    Result,
    run=runs,
    outcome=st.sampled_from(Outcome),
    level=st.sampled_from(Level),
    rule=maybe(texts),
    reason=texts,
    rules=many(rules),
    required=st.booleans(),
)
models = st.builds(
    ModelSubject, uri=texts, digest=maybe(texts), name=maybe(texts), version=maybe(texts), alias=maybe(texts)
)
tables = st.builds(DataSubject, uri=texts, digest=maybe(texts), rows=maybe(counts), looks=maybe(counts))
records = st.builds(
    Record,
    facts=st.builds(
        RunFacts,
        id=texts,
        mlgate=texts,
        started=st.datetimes().map(lambda instant: f"{instant.isoformat()}Z"),
        candidate=maybe(models),
        champion=maybe(models),
        data=st.dictionaries(texts, tables, max_size=2),
        gate=st.builds(GateFacts, confidence=confidences, digest=maybe(texts), path=maybe(texts), left_out=many(texts)),
        environment=names,
    ),
    verdict=st.builds(
        Verdict, decision=st.sampled_from(Decision), reasons=many(texts), exit_code=st.sampled_from(range(6))
    ),
    results=many(results),
    seconds=seconds,
    waivers=many(st.builds(WaiverUse, check=texts, reason=texts, owner=texts, until=texts, used=st.booleans())),
    complete=st.booleans(),
)


@given(records)
@settings(max_examples=150, deadline=None)
def test_every_record_comes_back_as_it_was_and_follows_the_published_schema(record: Record) -> None:
    """from_json(to_json(r)) == r, byte for byte the second time, and the JSON schema agrees."""
    written = to_json(record)
    assert from_json(written) == record
    assert to_json(from_json(written)) == written
    VALIDATOR.validate(json.loads(written))


@given(runs)
@settings(max_examples=150, deadline=None)
def test_every_line_of_the_journal_comes_back_as_it_was(run: CheckRun) -> None:
    """run_from_json(run_to_json(r)) == r, and a line holds no line's end."""
    line = run_to_json(run)
    assert b"\n" not in line
    assert run_from_json(line) == run
