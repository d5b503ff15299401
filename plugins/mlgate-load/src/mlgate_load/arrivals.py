"""When requests are meant to start: fixed before a run, whatever the server does (an open loop)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from mlgate import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_GRID = 0.001  # seconds between two points of the summed rate


class Profile(StrEnum):
    """How the rate goes over time."""

    CONSTANT = "constant"
    STEP = "step"
    SPIKE = "spike"
    RAMP = "ramp"
    SOAK = "soak"


class Spacing(StrEnum):
    """Callers that know nothing of each other come as a Poisson process; a clock comes evenly."""

    POISSON = "poisson"
    EVEN = "even"


class Shape(msgspec.Struct, frozen=True):
    """A rate over time: `rate` and `peak` in requests per second, times in seconds.

    Before the profile, the rate climbs from zero to `rate` within `warmup`. `step` goes from `rate` to `peak` in five
    equal stairs; `spike` stands at `peak` for the middle fifth; `ramp` climbs evenly.
    """

    profile: Profile
    rate: float
    peak: float
    seconds: float
    warmup: float
    spacing: Spacing
    seed: int


_STAIRS = 5


def arrivals(shape: Shape, most: int) -> list[float]:
    """Seconds after the start, in order. Raises `UsageError` for more than `most` of them."""
    import numpy as np

    times = np.arange(0.0, shape.warmup + shape.seconds + _GRID / 2, _GRID)
    summed = np.concatenate([[0.0], np.cumsum(_rates(shape, times[:-1] + _GRID / 2)) * _GRID])
    if summed[-1] > most:
        raise UsageError(
            f"This load is {summed[-1]:,.0f} requests, and max_requests allows {most:,}.",
            hint="Lower rate or duration, or raise max_requests.",
        )
    found = np.interp(_counts(shape, summed[-1]), summed, times)
    return [float(each) for each in found]


def _rates(shape: Shape, times: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    share = np.clip((times - shape.warmup) / shape.seconds, 0.0, 1.0)
    rates: Any
    climb = shape.peak - shape.rate
    if shape.profile == Profile.RAMP:
        rates = shape.rate + climb * share
    elif shape.profile == Profile.STEP:
        rates = shape.rate + climb * np.minimum(np.floor(share * _STAIRS), _STAIRS - 1) / (_STAIRS - 1)
    elif shape.profile == Profile.SPIKE:
        rates = np.where((share >= 0.4) & (share < 0.6), shape.peak, shape.rate)
    else:
        rates = np.full(times.shape, shape.rate)
    climbing = shape.rate * times / shape.warmup if shape.warmup > 0 else np.zeros(times.shape)
    found: NDArray[np.float64] = np.where(times < shape.warmup, climbing, rates)
    return found


def _counts(shape: Shape, total: float) -> NDArray[np.float64]:
    """Where, on the scale of the summed rate, one request after the other starts."""
    import numpy as np

    if shape.spacing == Spacing.EVEN:
        return np.arange(int(total), dtype=np.float64) + 0.5
    gaps = np.random.default_rng(shape.seed).exponential(size=int(total + 6 * total**0.5) + 10)
    counts = np.cumsum(gaps)
    return np.asarray(counts[counts < total])
