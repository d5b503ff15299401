"""Prometheus' text format, and what it tells of each check: the same names in a report and in a watch.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mlgate.reports.terminal import harmless_lines
from mlgate.results import Measurement, Outcome, Record
from mlgate.rules.units import in_base_unit

Sample = tuple[Mapping[str, str], float]


@dataclass(frozen=True, slots=True)
class Family:
    """The samples of one name: labels and a finite value each."""

    name: str
    kind: str
    help: str
    samples: tuple[Sample, ...]


def exposition(families: Iterable[Family]) -> str:
    """The text; a family without samples is left out."""
    return "".join(f"{line}\n" for family in families if family.samples for line in _lines(family))


def check_families(record: Record | None, labels: Mapping[str, str]) -> Iterator[Family]:
    """What each check measured, between which ends, and whether it failed; `labels` say of which model."""
    results = () if record is None else record.results
    confidence = 0.95 if record is None else record.facts.gate.confidence
    measured = [(result.check, found) for result in results if (found := result.run.measurement) is not None]
    numbers = [
        number for check, found in measured for number in _numbers({**labels, "check": check}, found, confidence)
    ]
    drawn = (
        ("", "What a check measured."),
        ("_low", f"Lower end of the {100 * confidence:g}% interval around what a check measured."),
        ("_high", f"Upper end of the {100 * confidence:g}% interval around what a check measured."),
    )
    for place, (end, help) in enumerate(drawn):
        samples = tuple((at, values[place]) for at, values in numbers)
        yield Family(f"mlgate_check_value{end}", "gauge", help, samples)
    failed = (
        ({**labels, "check": result.check, "level": result.level}, float(result.outcome is Outcome.FAILED))
        for result in results
    )
    yield Family("mlgate_check_failed", "gauge", "Whether a rule of a check is broken.", tuple(failed))


def _numbers(
    labels: Mapping[str, str], found: Measurement, confidence: float
) -> Iterator[tuple[Mapping[str, str], tuple[float, ...]]]:
    """Value, lower and upper end in Prometheus' base units: seconds, bytes, shares of 1."""
    if found.estimate is None:
        return
    interval = found.estimate.interval(confidence)
    values = [in_base_unit(value, found.unit) for value in (found.estimate.value, interval.low, interval.high)]
    yield {**labels, "unit": values[0][1]}, tuple(value for value, _ in values)


def _lines(family: Family) -> Iterator[str]:
    yield f"# HELP {family.name} {family.help}"
    yield f"# TYPE {family.name} {family.kind}"
    for labels, value in family.samples:
        told = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{family.name}{{{told}}} {float(value)!r}" if told else f"{family.name} {float(value)!r}"


def _escaped(text: str) -> str:
    """A label's value, whole: backslash, quote and line feed are escaped, what moves a cursor is made visible."""
    return harmless_lines(str(text)).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
