"""Comma-separated values (RFC 4180): one line per number, for spreadsheets and data frames.

A spreadsheet runs what looks like a formula, so a text that begins like one gets an apostrophe in front; numbers are
ours and stay numbers. https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from mlgate.reports.phrases import trusted
from mlgate.reports.standing import standing
from mlgate.reports.terminal import harmless
from mlgate.results import Comparison, Measurement, Record, Result
from mlgate.stats import Estimate

COLUMNS = (
    *("check", "kind", "name", "outcome", "standing", "level", "rule", "value", "unit", "n", "low", "high"),
    *("confidence", "champion", "difference", "difference_low", "difference_high", "findings", "seconds", "reason"),
)
"""`kind` is check, part, slice or trust; `low` and `high` are the ends of the interval at `confidence`."""
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How formulas begin, in East Asian full width too."""
Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class CsvReporter:
    """Draws every number of the record on a line of its own, under a head."""

    def render(self, record: Record) -> str:
        """Lines end with CR and LF; numbers have all their digits, and a full stop for the point."""
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
        writer.writeheader()
        for row in _rows(record):
            writer.writerow({name: _cell(value) for name, value in row.items()})
        return text.getvalue()


def _cell(value: Cell) -> Cell:
    if not isinstance(value, str):
        return value
    text = harmless(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _rows(record: Record) -> Iterator[dict[str, Cell]]:
    for result in record.results:
        yield from _result(result, record.facts.gate.confidence)
    for trust in record.facts.trust:
        yield {"check": "trust", "kind": "trust", "name": trust.model, "reason": trusted(trust)}


def _result(result: Result, confidence: float) -> Iterator[dict[str, Cell]]:
    measurement = result.run.measurement
    yield _whole(result, confidence)
    if measurement is None:
        return
    for part in measurement.parts:
        about: dict[str, Cell] = {"check": result.check, "kind": "part", "name": part.name, "unit": part.unit}
        yield about | _number(part.estimate, confidence)
    for each in measurement.slices:
        name = each.name if each.metric is None else f"{each.name} ({each.metric})"
        about = {"check": result.check, "kind": "slice", "name": name, "unit": measurement.unit}
        yield about | _number(each.estimate, confidence)


def _whole(result: Result, confidence: float) -> dict[str, Cell]:
    row: dict[str, Cell] = {
        "check": result.check,
        "kind": "check",
        "outcome": result.outcome.value,
        "standing": standing(result).value,
        "level": result.level.value,
        "rule": result.rule,
        "seconds": result.run.seconds,
        "reason": result.reason or result.run.reason,
    }
    return row | ({} if result.run.measurement is None else _measured(result.run.measurement, confidence))


def _measured(measurement: Measurement, confidence: float) -> dict[str, Cell]:
    row: dict[str, Cell] = {"findings": len(measurement.findings)}
    if measurement.estimate is not None:
        row |= {"unit": measurement.unit} | _number(measurement.estimate, confidence)
    return row | ({} if measurement.comparison is None else _compared(measurement.comparison, confidence))


def _number(estimate: Estimate, confidence: float) -> dict[str, Cell]:
    row: dict[str, Cell] = {"value": estimate.value, "n": estimate.n}
    if estimate.spread is None:
        return row
    interval = estimate.interval(confidence)
    return row | {"low": interval.low, "high": interval.high, "confidence": confidence}


def _compared(comparison: Comparison, confidence: float) -> dict[str, Cell]:
    interval = comparison.difference.interval(confidence)
    return {
        "champion": comparison.champion.value,
        "difference": comparison.difference.value,
        "difference_low": interval.low,
        "difference_high": interval.high,
    }
