"""What the page shows of one check: a line that is always there, and what unfolds below it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from mlgate.reports.html.demands import Demands, demands, spoken
from mlgate.reports.html.plots import Bins, Curve, bins, curves
from mlgate.reports.html.telling import Block, Table, blocks, tables
from mlgate.reports.html.tracks import Track, difference, track, tracks
from mlgate.reports.phrases import estimated, found, measured
from mlgate.reports.problems import sentence
from mlgate.reports.standing import Standing, standing
from mlgate.results import Finding, Json, Measurement, Outcome, Part, Result
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
    """A finding in words, and its data: failing rows and counter-examples as tables, tests to paste as they are."""

    said: str
    tables: tuple[Table, ...]
    blocks: tuple[Block, ...]


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
    track_of: str = ""
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
    traceback: str = ""
    void: str = ""


def brief(result: Result, confidence: float) -> Entry:
    """The line of one check, and the sentence below it."""
    held, measurement = standing(result), result.run.measurement
    track_of, drawn = _main(measurement, confidence, spoken(result))
    return Entry(
        check=result.check,
        standing=str(held),
        measured=measured(measurement, confidence),
        rule=result.rule or "",
        reason=cut(sentence(result) if held in (Standing.ERRORED, Standing.SKIPPED) else result.reason),
        seconds=f"{result.run.seconds:.2f}",
        track=drawn,
        track_of=track_of,
        void=result.void or "",
    )


def whole(result: Result, confidence: float) -> Entry:
    """All that the record knows of one check."""
    told = replace(
        brief(result, confidence),
        rules=tuple((rule.rule, _outcome(rule.outcome, rule.waived), cut(rule.reason)) for rule in result.rules),
        options=_json(result.run.options),
        traceback=cut(result.run.traceback or ""),
    )
    measurement = result.run.measurement
    return told if measurement is None else _with(told, measurement, confidence, demands(result))


def _with(told: Entry, measurement: Measurement, confidence: float, asked: Demands) -> Entry:
    slices = [(each.name, each.metric, each.estimate) for each in measurement.slices[:MOST_SLICES]]
    own = asked.main if all(metric is None for _, metric, _ in slices) else None
    return replace(
        told,
        notes=tuple(map(cut, measurement.notes)),
        findings=tuple(map(_finding, measurement.findings[:MOST_FINDINGS])),
        findings_left_out=max(0, len(measurement.findings) - MOST_FINDINGS),
        against=tuple(_against(measurement, confidence, asked)),
        parts=tuple(_parts(measurement.parts, confidence, asked)),
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


def _finding(finding: Finding) -> Told:
    return Told(cut(found(finding)), tuple(tables(finding.data)), tuple(blocks(finding.data)))


def _main(measurement: Measurement | None, confidence: float, asked: Demands) -> tuple[str, Track | None]:
    """The number that the check's rule speaks of, and its name where that is not the main one."""
    if measurement is None or measurement.estimate is None:
        return "", None
    part = next((part for part in measurement.parts if part.name == asked.lead), None)
    if part is not None:
        return part.name, track(part.estimate, confidence, asked.parts[part.name])
    if asked.main is None and asked.difference is not None and measurement.comparison is not None:
        drawn = difference(measurement.comparison.difference, confidence, asked.difference)
        return "difference from the champion", drawn
    return "", track(measurement.estimate, confidence, asked.main)


def _parts(parts: tuple[Part, ...], confidence: float, asked: Demands) -> Iterator[Line]:
    """Parts in one unit (the quantiles of a latency) on one scale, so that they show a distribution.

    Plain numbers may be a slope beside an intercept, and what has a rule of its own is drawn against that.
    """
    units = Counter(part.unit for part in parts)
    alike = [part for part in parts if units[part.unit] > 1 and part.unit != "1"]
    together: dict[int, Track | None] = {}
    for unit in dict.fromkeys(part.unit for part in alike):
        ours = [part for part in alike if part.unit == unit]
        drawn = tracks([part.estimate for part in ours], confidence, each=[asked.parts.get(part.name) for part in ours])
        together |= {id(part): one for part, one in zip(ours, drawn, strict=True)}
    for part in parts:
        alone = track(part.estimate, confidence, asked.parts.get(part.name)) if id(part) not in together else None
        yield _line(part.name, part.estimate, confidence, part.unit, together.get(id(part), alone))


def _against(measurement: Measurement, confidence: float, asked: Demands) -> Iterator[Line]:
    """Candidate and champion on one scale, and their difference on its own, with the margin."""
    comparison, estimate = measurement.comparison, measurement.estimate
    if comparison is None or estimate is None:
        return
    both = [estimate, comparison.champion]
    for name, each, drawn in zip(("candidate", "champion"), both, tracks(both, confidence), strict=True):
        yield _line(name, each, confidence, measurement.unit, drawn)
    apart = comparison.difference
    yield _line("difference", apart, confidence, measurement.unit, difference(apart, confidence, asked.difference))


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
