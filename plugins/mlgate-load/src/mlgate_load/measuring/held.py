"""When the generator set the pace: what was measured then is no evidence against the server."""

from __future__ import annotations

from dataclasses import replace

from mlgate import Estimate, Measurement, Spread, TooSmall
from mlgate.stats import Curve
from mlgate_load.generating import Run


def held(measurement: Measurement, run: Run, *, bounded: bool = True) -> Measurement:
    """The measurement with what the run says against it.

    Behind a generator that was the bottleneck, the server's own times lie somewhere between zero and what was
    measured: no interval shows harm, and no rule passes. Numbers that the pace does not reach (`bounded` is false) keep
    their interval. A run that gave up early is held back from passing, too.
    """
    notes = measurement.notes
    small = measurement.too_small
    if run.cpu:
        notes = (*notes, f"The load generator took {max(run.cpu):.0%} of a core.")
    if run.gave_up is not None:
        notes = (*notes, f"The run ended early: {run.gave_up}.")
        small = (
            *small,
            *(TooSmall("the run", f"ended early: {run.gave_up}", part=name) for name in _parts(measurement)),
        )
    if run.bottleneck is None or not bounded:
        return replace(measurement, notes=notes, too_small=small)
    why = run.bottleneck
    return replace(
        measurement,
        estimate=None if measurement.estimate is None else opened(measurement.estimate),
        parts=tuple(replace(part, estimate=opened(part.estimate)) for part in measurement.parts),
        notes=(*notes, f"{why[0].upper()}{why[1:]}; so nothing is decided."),
        too_small=(
            *small,
            *(TooSmall("the generator", f"was the bottleneck: {why}", part=n) for n in _parts(measurement)),
        ),
    )


def opened(estimate: Estimate) -> Estimate:
    """The estimate with zero as the lower end of every interval."""
    known = estimate.spread or Spread("bounded from above", 0.0)
    upper = [max(estimate.value, estimate.interval(level).high) for level in (0.5, 0.999)]
    return replace(estimate, spread=replace(known, curve=Curve((0.0, 0.0), (upper[0], max(upper)))))


def _parts(measurement: Measurement) -> list[str | None]:
    """The names that a rule can speak of; None stands for the main number, which heeds what is said of any part."""
    return [part.name for part in measurement.parts] or [None]
