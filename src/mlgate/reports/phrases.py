"""How measurements and findings are put into words for people."""

from __future__ import annotations

import math

from mlgate.results import Finding, Measurement
from mlgate.stats import Estimate

_MOST_DECIMALS = 6


def number(value: float) -> str:
    """Four significant digits; ten thousand and more in whole numbers with separators, as 48,842."""
    if 1e4 <= abs(value) < 1e15:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def estimated(estimate: Estimate, confidence: float, unit: str = "1") -> str:
    """`0.741 [0.677, 0.797]`, with its unit if it has one; a fact without sampling error has no interval."""
    if estimate.spread is None:
        return _with_unit(number(estimate.value), unit)
    drawn = estimate.interval(confidence)
    value, low, high = (_rounded(each, drawn.half_width) for each in (estimate.value, drawn.low, drawn.high))
    return _with_unit(f"{value} [{low}, {high}]", unit)


def _with_unit(number: str, unit: str) -> str:
    return number if unit == "1" else f"{number} {unit}"


def _rounded(value: float, half_width: float) -> str:
    """To the second digit of the interval's half-width: further digits are noise."""
    decimals = 1 - math.floor(math.log10(half_width)) if half_width > 0 else _MOST_DECIMALS + 1
    if decimals > _MOST_DECIMALS or abs(value) >= 1e15:
        return f"{value:.4g}"
    return f"{value:,.{max(decimals, 0)}f}"


def measured(measurement: Measurement | None, confidence: float) -> str:
    """The number of a measurement, or how many things it found; empty where nothing was measured."""
    if measurement is None:
        return ""
    words = []
    if measurement.estimate is not None:
        words.append(estimated(measurement.estimate, confidence, measurement.unit))
    if measurement.findings:
        words.append(counted(len(measurement.findings), "finding"))
    return ", ".join(words) or "no findings"


def found(finding: Finding) -> str:
    """`high: a private key (conf.py:3)`."""
    place = finding.location
    where = f" ({place.file}{'' if place.line is None else f':{place.line}'})" if place else ""
    return f"{finding.severity}: {finding.message}{where}"


def counted(count: int, noun: str) -> str:
    """`1 check`, `2 checks`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
