"""From the classes that Python works with to the record's JSON."""

from __future__ import annotations

from typing import TypedDict

from mlgate.errors import RecordError
from mlgate.results.measurement import Comparison, Finding, Measurement
from mlgate.results.record import SCHEMA, CheckRun, Record, Result
from mlgate.results.record_layout import (
    ComparisonEntry,
    FindingEntry,
    MeasurementEntry,
    NumberEntry,
    PartEntry,
    RecordEntry,
    ResultEntry,
    RunEntry,
    SliceEntry,
)
from mlgate.stats import Estimate, Interval, Spread


class _Number(TypedDict):
    value: float
    n: int
    support: int | None
    interval: Interval
    spread: Spread | None


def record_entry(record: Record) -> RecordEntry:
    """The whole record; every interval is drawn at the gate's confidence."""
    facts = record.facts
    return RecordEntry(
        schema=SCHEMA,
        id=facts.id,
        mlgate=facts.mlgate,
        started=facts.started,
        seconds=record.seconds,
        complete=record.complete,
        candidate=facts.candidate,
        champion=facts.champion,
        data=dict(facts.data),
        gate=facts.gate,
        environment=dict(facts.environment),
        verdict=record.verdict,
        results=tuple(_result_entry(result, facts.gate.confidence) for result in record.results),
        waivers=record.waivers,
        trust=facts.trust,
        secrets=facts.secrets,
    )


def run_entry(run: CheckRun, confidence: float) -> RunEntry:
    """One check as it ran, its intervals drawn at `confidence`."""
    measurement = run.measurement
    return RunEntry(
        check=run.check,
        status=run.status,
        seconds=run.seconds,
        options=dict(run.options),
        measurement=_measurement_entry(run.check, measurement, confidence) if measurement else None,
        findings=_finding_entries(measurement.findings) if measurement else (),
        problem=run.reason,
        cause=run.cause,
        traceback=run.traceback,
    )


def _result_entry(result: Result, confidence: float) -> ResultEntry:
    run = run_entry(result.run, confidence)
    return ResultEntry(
        check=run.check,
        outcome=result.outcome,
        level=result.level,
        rule=result.rule,
        reason=result.reason,
        required=result.required,
        status=run.status,
        seconds=run.seconds,
        options=run.options,
        measurement=run.measurement,
        findings=run.findings,
        rules=result.rules,
        problem=run.problem,
        cause=run.cause,
        traceback=run.traceback,
        void=result.void,
    )


def _measurement_entry(check: str, measured: Measurement, confidence: float) -> MeasurementEntry:
    estimate = measured.estimate
    return MeasurementEntry(
        value=estimate.value if estimate else None,
        unit=measured.unit,
        n=estimate.n if estimate else None,
        support=estimate.support if estimate else None,
        interval=_interval(check, estimate, confidence) if estimate else None,
        spread=estimate.spread if estimate else None,
        slices=tuple(
            SliceEntry(dict(part.slice), part.condition, part.metric, **_number(check, part.estimate, confidence))
            for part in measured.slices
        ),
        parts=tuple(
            PartEntry(part.name, part.unit, **_number(check, part.estimate, confidence)) for part in measured.parts
        ),
        comparison=_comparison_entry(check, measured.comparison, confidence) if measured.comparison else None,
        judged_by=measured.judged_by,
        notes=measured.notes,
        too_small=measured.too_small,
        counted=measured.counted,
        data=dict(measured.data),
    )


def _comparison_entry(check: str, comparison: Comparison, confidence: float) -> ComparisonEntry:
    return ComparisonEntry(
        champion=NumberEntry(**_number(check, comparison.champion, confidence)),
        difference=NumberEntry(**_number(check, comparison.difference, confidence)),
        higher_is_better=comparison.higher_is_better,
        bounded=comparison.bounded,
    )


def _finding_entries(findings: tuple[Finding, ...]) -> tuple[FindingEntry, ...]:
    return tuple(
        FindingEntry(finding.message, finding.severity, finding.location, dict(finding.data)) for finding in findings
    )


def _number(check: str, estimate: Estimate, confidence: float) -> _Number:
    return {
        "value": estimate.value,
        "n": estimate.n,
        "support": estimate.support,
        "interval": _interval(check, estimate, confidence),
        "spread": estimate.spread,
    }


def _interval(check: str, estimate: Estimate, confidence: float) -> Interval:
    try:
        return estimate.interval(confidence)
    except (ValueError, ArithmeticError) as error:
        raise RecordError(
            f"{check}: no interval can be drawn around {estimate.value:g} ({error}).",
            hint="The check has to return a spread that fits its value.",
        ) from error
