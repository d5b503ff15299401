"""Memory against requests: the slope, with an interval that heeds how memory wanders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate import CheckError, Estimate, Spread

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_LEFT_OUT = 0.25  # of the run: caches and arenas fill up first
_BINS = 16


def slope(requests: ArrayLike, memory: ArrayLike) -> Estimate:
    """Bytes per request, by least squares through the means of 16 stretches of the run, the first quarter left out.

    Means of stretches, because single looks at memory follow each other closely; Student's interval with 14 degrees of
    freedom (Draper and Smith, Applied Regression Analysis, 1998, section 1.4). Raises `CheckError` for too few looks.
    """
    import numpy as np

    done, held = np.asarray(requests, float), np.asarray(memory, float)
    kept = done >= done.max() * _LEFT_OUT
    x, y = done[kept], held[kept]
    if len(x) < _BINS or x.max() <= x.min():
        raise CheckError("The run was too short for a slope of memory.", hint="A longer duration, or a higher rate.")
    bins = np.array_split(np.arange(len(x)), _BINS)
    xs, ys = np.array([x[each].mean() for each in bins]), np.array([y[each].mean() for each in bins])
    centred = xs - xs.mean()
    steep = float((centred * ys).sum() / (centred**2).sum())
    left = ys - ys.mean() - steep * centred
    se = float(np.sqrt((left**2).sum() / (_BINS - 2) / (centred**2).sum()))
    return Estimate(steep, int(done.max()), Spread("least squares", se, df=_BINS - 2))
