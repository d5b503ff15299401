"""Bounds of a difference or a ratio of two estimates, recovered from the bounds of each (MOVER).

Differences: Zou and Donner, Statistics in Medicine 27, 2008, 1693-1702 (Newcombe's hybrid score interval, where both
are shares). Ratios: Donner and Zou, Statistical Methods in Medical Research 21, 2012, 347-359. They keep the bounds of
small groups and of shares near 0 and 1 honest, where one standard error does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlgate_fairness.shape import Shape
from mlgate_fairness.values import GroupValues, Numbers, Rest


@dataclass(frozen=True, slots=True)
class Sides:
    """How far each of two estimates reaches down and up; shape (quantiles, contrasts)."""

    down: Numbers
    up: Numbers
    other_down: Numbers
    other_up: Numbers


def difference_bounds(one: Numbers, other: Numbers, sides: Sides, rho: Numbers) -> tuple[Numbers, Numbers]:
    """Of one - other, whose estimates correlate at `rho`."""
    fall, rise = _joined(sides.down, sides.other_up, rho), _joined(sides.up, sides.other_down, rho)
    return one - other - fall, one - other + rise


def ratio_bounds(one: Numbers, other: Numbers, sides: Sides, rho: Numbers) -> tuple[Numbers, Numbers]:
    """Of one / other: the ratios r at which one - r other has 0 as its bound."""
    return (
        _ratio_low(one, other, sides.down, sides.other_up, rho),
        _ratio_high(one, other, sides.up, sides.other_down, rho),
    )


def against_rest(
    values: GroupValues,
    rest: Rest,
    shape: Shape,
    places: tuple[NDArray[np.intp], NDArray[np.intp]],
    quantiles: Numbers,
) -> tuple[Numbers, Numbers]:
    """A group against all rows, by way of the group against the rest, which are apart: all rows are a mixture of both.

    With the group's share s: group - all = (1 - s) (group - rest), and group / all = r / (s r + 1 - s) at
    r = group / rest. One of the two `places` is that of all rows.
    """
    here, there = places
    forward = there == values.groups
    group = np.where(forward, here, there)
    low, high = values.margins.bounds(quantiles)
    rest_low, rest_high = rest.margins.bounds(quantiles)
    one, other = values.value[group], rest.margins.value[group]
    sides = Sides(
        (values.value - low)[:, group],
        (high - values.value)[:, group],
        (rest.margins.value - rest_low)[:, group],
        (rest_high - rest.margins.value)[:, group],
    )
    share, rho = rest.share[group], rest.correlation[group]
    if shape is Shape.RATIO:
        under, over = (_mixed(each, share) for each in ratio_bounds(one, other, sides, rho))
        with np.errstate(divide="ignore"):
            return np.where(forward, under, 1 / over), np.where(forward, over, 1 / under)
    fall, rise = _joined(sides.down, sides.other_up, rho), _joined(sides.up, sides.other_down, rho)
    wobble = quantiles[:, None] * np.abs(one - other) * rest.share_se[group]
    fall, rise = (np.hypot((1 - share) * reach, wobble) for reach in (fall, rise))
    middle = (1 - share) * (one - other)
    return np.where(forward, middle - fall, -middle - rise), np.where(forward, middle + rise, -middle + fall)


def _mixed(ratio: Numbers, share: Numbers) -> Numbers:
    """A group over all rows, from the group over the rest; 1 / share where the rest has nothing."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Numbers = 1 / (share + (1 - share) / ratio)
    return found


def _joined(one: Numbers, other: Numbers, rho: Numbers) -> Numbers:
    """How far a difference reaches, from how far its two sides do."""
    found: Numbers = np.sqrt(np.maximum(one**2 + other**2 - 2 * rho * one * other, 0))
    return found


def _ratio_low(one: Numbers, other: Numbers, down: Numbers, up: Numbers, rho: Numbers) -> Numbers:
    middle = one * other - rho * down * up
    above = np.maximum(one**2 - down**2, 0)
    root = np.sqrt(np.maximum(middle**2 - (other**2 - up**2) * above, 0))
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Numbers = above / (middle + root)
    return np.where(above > 0, found, 0.0)


def _ratio_high(one: Numbers, other: Numbers, up: Numbers, down: Numbers, rho: Numbers) -> Numbers:
    middle = one * other - rho * up * down
    below = other**2 - down**2
    root = np.sqrt(np.maximum(middle**2 - below * (one**2 - up**2), 0))
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Numbers = (middle + root) / below
    return np.where(below > 0, found, np.inf)
