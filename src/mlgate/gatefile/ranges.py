"""Bounds that no measured number can meet or miss, since they lie outside of all that a check can measure."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.checks import Check
from mlgate.rules import Rule
from mlgate.rules.any_of import AnyOf
from mlgate.rules.bounds import AtLeast, AtMost, Between
from mlgate.rules.judgement import Demand
from mlgate.rules.units import Quantity, UnitError


def out_of_range(rule: Rule, check: Check) -> Iterator[tuple[str, str | None]]:
    """What is wrong with the rule's bounds on the main number, and the way out. `between` may have one end outside."""
    for demand in _demands(rule.demand):
        ends = _ends(demand)
        places = [place for end in ends if (place := _place(end, check)) is not None]
        if ends and len(places) == len(ends) and abs(sum(places)) == len(places):
            yield f"{demand.name} is {' to '.join(map(str, ends))}, and {_range(check)}.", _share_of(ends, check)


def _demands(demand: Demand) -> tuple[Demand, ...]:
    return demand.demands if isinstance(demand, AnyOf) else (demand,)


def _ends(demand: Demand) -> tuple[Quantity, ...]:
    if isinstance(demand, AtLeast | AtMost) and demand.of is None:
        return (demand.bound,)
    return (demand.low, demand.high) if isinstance(demand, Between) and demand.of is None else ()


def _place(end: Quantity, check: Check) -> int | None:
    """-1 below all that can be measured, 1 above, 0 within; None where its unit does not say."""
    try:
        value = end.to(check.unit)
    except UnitError:
        return None
    low, high = check.within
    return (high is not None and value > high) - (low is not None and value < low)


def _range(check: Check) -> str:
    low, high = check.within
    name = check.id.rpartition(".")[2]
    if low is None or high is None:
        return f"{name} is never above {high:g}" if low is None else f"{name} is never below {low:g}"
    return f"{name} lies between {low:g} and {high:g}"


def _share_of(ends: tuple[Quantity, ...], check: Check) -> str | None:
    """`80` of a share is 80%, most of the time."""
    if check.within[1] != 1 or not all(end.unit is None and 1 < end.value <= 100 for end in ends):
        return None
    return f"Write {' and '.join(f'{end.value / 100:g}' for end in ends)}, if percent is meant."
