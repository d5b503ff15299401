"""An estimate with its interval against what a rule asks, as one line of a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mlgate.reports.html.scale import WIDTH, Bounds, Scale
from mlgate.stats import Estimate


@dataclass(frozen=True, slots=True)
class Track:
    """Places on a line of `WIDTH`: the interval, the value, and where the rule's ground begins and ends."""

    low: float
    high: float
    value: float
    good: tuple[float, float] | None
    zero: float | None = None


def difference(estimate: Estimate, confidence: float, bounds: Bounds | None) -> Track | None:
    """The track of a difference, on a scale that shows where no difference would be."""
    asked = (bounds.low, bounds.high) if bounds else ()
    return track(estimate, confidence, bounds, Scale.over((*ends(estimate, confidence), estimate.value, 0.0, *asked)))


def track(estimate: Estimate, confidence: float, bounds: Bounds | None, scale: Scale | None = None) -> Track | None:
    """The track of one estimate on a scale of its own, or on a shared one; None where it can't be drawn."""
    low, high = ends(estimate, confidence)
    asked = (bounds.low, bounds.high) if bounds else (None, None)
    on = scale or Scale.over((low, high, estimate.value, *asked))
    if not math.isfinite(on.high - on.low):
        return None
    good = None
    if bounds is not None:
        good = (
            0.0 if bounds.low is None else on.at(bounds.low),
            float(WIDTH) if bounds.high is None else on.at(bounds.high),
        )
    zero = on.at(0.0) if on.low < 0.0 < on.high else None
    return Track(on.at(low), on.at(high), on.at(estimate.value), good, zero)


def tracks(
    estimates: Sequence[Estimate],
    confidence: float,
    bounds: Bounds | None = None,
    *,
    each: Sequence[Bounds | None] | None = None,
) -> list[Track | None]:
    """Several on one scale, so that they can be compared by eye, with bounds for all or for `each`."""
    if not estimates:
        return []
    asked = [bounds] * len(estimates) if each is None else each
    stated = [end for one in asked if one for end in (one.low, one.high)]
    numbers = [number for one in estimates for number in (*ends(one, confidence), one.value)]
    scale = Scale.over((*numbers, *stated))
    return [track(one, confidence, own, scale) for one, own in zip(estimates, asked, strict=True)]


def ends(estimate: Estimate, confidence: float) -> tuple[float, float]:
    """The interval's ends; the value itself twice, where there is no sampling error."""
    if estimate.spread is None:
        return estimate.value, estimate.value
    interval = estimate.interval(confidence)
    return interval.low, interval.high
