"""What the page shows of one check: a line that is always there, and what unfolds below it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from mlgate.reports.html.plots import Bins, Curve, bins, curves
from mlgate.reports.html.scale import Bounds, bounds_of
from mlgate.reports.html.tracks import Track, track, tracks
from mlgate.reports.phrases import estimated, found, measured
from mlgate.reports.problems import sentence
from mlgate.reports.standing import Standing, standing
from mlgate.results import Json, Measurement, Outcome, Result
from mlgate.stats import Estimate

MOST_FINDINGS = 25
MOST_SLICES = 200
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """A number beside others on the same scale: a slice, a part, a champion."""

    name: str
    said: str
    rows: str
    track: Track | None


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words, and its data (a failing row, a counter-example) as JSON."""

    said: str
    data: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One check. What is not said is an empty string or an empty tuple."""

    check: str
    standing: str
    measured: str
    rule: str
    reason: str
    seconds: str
    track: Track | None
    rules: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[str, ...] = ()
    findings: tuple[Told, ...] = ()
    findings_left_out: int = 0
    against: tuple[Line, ...] = ()
    parts: tuple[Line, ...] = ()
    slices: tuple[Line, ...] = ()
    slices_left_out: int = 0
    curves: tuple[Curve, ...] = ()
    bins: tuple[Bins, ...] = ()
    options: str = ""
    void: str = ""


def brief(result: Result, confidence: float) -> Entry:
    """The line of one check, and the sentence below it."""
    held, measurement = standing(result), result.run.measurement
    return Entry(
        check=result.check,
        standing=str(held),
        measured=measured(measurement, confidence),
        rule=result.rule or "",
        reason=cut(sentence(result) if held in (Standing.ERRORED, Standing.SKIPPED) else result.reason),
        seconds=f"{result.run.seconds:.2f}",
        track=_track(measurement, confidence, bounds_of(result.rule)),
        void=result.void or "",
    )


def whole(result: Result, confidence: float) -> Entry:
    """All that the record knows of one check."""
    told = replace(
        brief(result, confidence),
        rules=tuple((rule.rule, _outcome(rule.outcome, rule.waived), cut(rule.reason)) for rule in result.rules),
        options=_json(result.run.options),
    )
    measurement = result.run.measurement
    return told if measurement is None else _with(told, measurement, confidence, bounds_of(result.rule))


def _with(told: Entry, measurement: Measurement, confidence: float, bounds: Bounds | None) -> Entry:
    slices = [(each.name, each.metric, each.estimate) for each in measurement.slices[:MOST_SLICES]]
    own = bounds if all(metric is None for _, metric, _ in slices) else None
    return replace(
        told,
        notes=tuple(map(cut, measurement.notes)),
        findings=tuple(Told(cut(found(each)), _json(each.data)) for each in measurement.findings[:MOST_FINDINGS]),
        findings_left_out=max(0, len(measurement.findings) - MOST_FINDINGS),
        against=tuple(_against(measurement, confidence)),
        parts=tuple(
            _line(p.name, p.estimate, confidence, p.unit, track(p.estimate, confidence, None))
            for p in measurement.parts
        ),
        slices=tuple(
            _line(f"{name} ({metric})" if metric else name, estimate, confidence, measurement.unit, drawn)
            for (name, metric, estimate), drawn in zip(
                slices, tracks([each[2] for each in slices], confidence, own), strict=True
            )
        ),
        slices_left_out=max(0, len(measurement.slices) - MOST_SLICES),
        curves=tuple(curves(measurement.data)),
        bins=tuple(bins(measurement.data)),
    )


def _track(measurement: Measurement | None, confidence: float, bounds: Bounds | None) -> Track | None:
    if measurement is None or measurement.estimate is None:
        return None
    return track(measurement.estimate, confidence, bounds)


def _against(measurement: Measurement, confidence: float) -> Iterator[Line]:
    """Candidate and champion on one scale, and their difference on its own."""
    comparison, estimate = measurement.comparison, measurement.estimate
    if comparison is None or estimate is None:
        return
    both = [estimate, comparison.champion]
    for name, each, drawn in zip(("candidate", "champion"), both, tracks(both, confidence), strict=True):
        yield _line(name, each, confidence, measurement.unit, drawn)
    apart = comparison.difference
    yield _line("difference", apart, confidence, measurement.unit, track(apart, confidence, None))


def _line(name: str, estimate: Estimate, confidence: float, unit: str, drawn: Track | None) -> Line:
    return Line(name, estimated(estimate, confidence, unit), f"{estimate.n:,}", drawn)


def _outcome(outcome: Outcome, waived: str | None) -> str:
    return f"{outcome}, waived: {waived}" if waived else str(outcome)


def cut(text: str) -> str:
    """A text that takes no more than its share of the page."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ... (the record has it all)"


def _json(data: Mapping[str, Json]) -> str:
    if not data:
        return ""
    return cut(json.dumps(dict(data), ensure_ascii=False))
