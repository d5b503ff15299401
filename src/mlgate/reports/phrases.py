"""How measurements and findings are put into words for people."""

from __future__ import annotations

from mlgate.results import Finding, Measurement, Sandbox, SandboxLevel, Trust
from mlgate.rules.numbers import count, in_unit, with_interval
from mlgate.stats import Estimate


def number(value: float) -> str:
    """Four significant digits; ten thousand and more in whole numbers with separators, as 48,842."""
    if 1e4 <= abs(value) < 1e15:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def estimated(estimate: Estimate, confidence: float, unit: str = "1") -> str:
    """`0.741 [0.677, 0.797]`, with its unit if it has one; a fact without sampling error has no interval."""
    if estimate.spread is None:
        return in_unit(number(estimate.value), unit)
    return with_interval(estimate, confidence, unit)


def measured(measurement: Measurement | None, confidence: float) -> str:
    """The number of a measurement, or how many things it found; empty where nothing was measured."""
    if measurement is None:
        return ""
    words = []
    if measurement.estimate is not None:
        words.append(estimated(measurement.estimate, confidence, measurement.unit))
    if measurement.findings:
        words.append(count(len(measurement.findings), "finding"))
    return ", ".join(words) or "no findings"


def trusted(trust: Trust) -> str:
    """`the candidate sha256:7a7a..., by --trust-model, in spite of 2 findings`."""
    who = f"the {trust.model}" if trust.model else "no model of this run:"
    what = f"{who}'s own code" if trust.digest is None else f"{who} {trust.digest}"
    used = f"in spite of {count(len(trust.overrides), 'finding')}" if trust.overrides else "which overrides nothing"
    return f"{what}, by {trust.by}, {used}"


def confinement(sandbox: Sandbox | None) -> str:
    """`full`; `partial, without files (no Landlock here)`; `none: ` and why."""
    if sandbox is None:
        return str(SandboxLevel.NONE)
    lacks = "; ".join(sandbox.lacks)
    joint = ": " if sandbox.level is SandboxLevel.NONE else ", without "
    return f"{sandbox.level}{joint}{lacks}" if lacks else str(sandbox.level)


def found(finding: Finding) -> str:
    """`high: a private key (conf.py:3)`."""
    place = finding.location
    where = f" ({place.file}{'' if place.line is None else f':{place.line}'})" if place else ""
    return f"{finding.severity}: {finding.message}{where}"
