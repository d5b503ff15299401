"""From the record's JSON back to the classes that Python works with."""

from __future__ import annotations

from mlgate.results.measurement import Comparison, Finding, Measurement, Part, SliceMeasurement
from mlgate.results.record import CheckRun, Record, Result, RunFacts
from mlgate.results.record_layout import (
    ComparisonEntry,
    FindingEntry,
    MeasurementEntry,
    NumberEntry,
    RecordEntry,
    ResultEntry,
    RunEntry,
)
from mlgate.stats import Estimate


def record_of(entry: RecordEntry) -> Record:
    """The record. Raises `ValueError` where a value is none that a run could have left."""
    return Record(
        facts=RunFacts(
            id=entry.id,
            mlgate=entry.mlgate,
            started=entry.started,
            candidate=entry.candidate,
            champion=entry.champion,
            data=entry.data,
            gate=entry.gate,
            environment=entry.environment,
            trust=entry.trust,
            secrets=entry.secrets,
        ),
        verdict=entry.verdict,
        results=tuple(_result_of(result) for result in entry.results),
        seconds=entry.seconds,
        waivers=entry.waivers,
        complete=entry.complete,
    )


def run_of(entry: RunEntry | ResultEntry) -> CheckRun:
    """One check as it ran."""
    return CheckRun(
        check=entry.check,
        status=entry.status,
        seconds=entry.seconds,
        measurement=_measurement_of(entry.check, entry.measurement, entry.findings),
        options=entry.options,
        reason=entry.problem,
        cause=entry.cause,
        traceback=entry.traceback,
    )


def _result_of(entry: ResultEntry) -> Result:
    return Result(
        run=run_of(entry),
        outcome=entry.outcome,
        level=entry.level,
        rule=entry.rule,
        reason=entry.reason,
        rules=entry.rules,
        required=entry.required,
        void=entry.void,
    )


def _measurement_of(
    check: str, entry: MeasurementEntry | None, findings: tuple[FindingEntry, ...]
) -> Measurement | None:
    if entry is None:
        if findings:
            raise ValueError(f"{check} has findings and no measurement")
        return None
    return Measurement(
        estimate=_whole_estimate_of(check, entry),
        unit=entry.unit,
        slices=tuple(
            SliceMeasurement(part.slice, _estimate_of(part), part.condition, part.metric) for part in entry.slices
        ),
        parts=tuple(Part(part.name, _estimate_of(part), part.unit) for part in entry.parts),
        comparison=_comparison_of(entry.comparison) if entry.comparison else None,
        findings=tuple(Finding(found.message, found.severity, found.location, found.data) for found in findings),
        judged_by=entry.judged_by,
        notes=entry.notes,
        too_small=entry.too_small,
        counted=entry.counted,
        data=entry.data,
    )


def _whole_estimate_of(check: str, entry: MeasurementEntry) -> Estimate | None:
    if entry.value is None and entry.n is None:
        return None
    if entry.value is None or entry.n is None:
        raise ValueError(f"{check} has a value without rows, or rows without a value")
    return Estimate(entry.value, entry.n, entry.spread, entry.support)


def _estimate_of(entry: NumberEntry) -> Estimate:
    return Estimate(entry.value, entry.n, entry.spread, entry.support)


def _comparison_of(entry: ComparisonEntry) -> Comparison:
    return Comparison(
        champion=_estimate_of(entry.champion),
        difference=_estimate_of(entry.difference),
        higher_is_better=entry.higher_is_better,
        bounded=entry.bounded,
    )
