"""Which number of a measurement a rule speaks of."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from mlgate.results import Counted, Measurement
from mlgate.stats import Estimate


class Unfit(ValueError):
    """A rule that can't be held against a measurement; the text is a sentence without its full stop."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One number of a measurement; `part` is its name where it is not the main one."""

    estimate: Estimate
    unit: str
    part: str | None = None
    counted: Counted = Counted.ROWS


def pick(measurement: Measurement, part: str | None) -> Measured:
    """The main number, or the part of that name. Raises `Unfit` where there is none."""
    if part is not None:
        return _part(measurement, part)
    if measurement.estimate is None:
        raise Unfit(f"the check measured no main number; {_offer(measurement)}")
    return Measured(measurement.estimate, measurement.unit, counted=measurement.counted)


def _part(measurement: Measurement, name: str) -> Measured:
    for part in measurement.parts:
        if part.name == name:
            return Measured(part.estimate, part.unit, name, measurement.counted)
    near = difflib.get_close_matches(name, [part.name for part in measurement.parts], n=1)
    raise Unfit(f"the measurement has no part {name}; " + (f"did you mean {near[0]}?" if near else _offer(measurement)))


def _offer(measurement: Measurement) -> str:
    if measurement.parts:
        return f"its parts are: {', '.join(part.name for part in measurement.parts)}"
    return "it has findings alone: use no_findings" if measurement.findings else "it has no parts"
