"""A plugin of toy checks: what a runner, a gate or a reporter must cope with, one check per way to behave.

The module is a plugin: hand it to a host beside the real ones.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from mlgate.checks import Check, check
from mlgate.errors import CheckError, NotApplicable
from mlgate.resources import ResourceProvider
from mlgate.results import Finding, Measurement
from mlgate.spec import hookimpl


@check("toy.passes", better="higher", default={"at_least": 0.5})
def passes() -> Measurement:
    """Always passes its default rule.

    ## What to do
    Nothing.
    """
    return Measurement.exact(1.0, n=10)


@check("toy.fails", better="higher", default={"at_least": 0.5})
def fails() -> Measurement:
    """Always fails its default rule.

    ## What to do
    Nothing helps.
    """
    return Measurement.exact(0.0, n=10)


@check("toy.doubts", better="higher", default={"at_least": 0.5})
def doubts() -> Measurement:
    """Is always inconclusive: its interval lies across the bound.

    ## What to do
    Ask for more rows.
    """
    return Measurement.mean([0.0, 1.0] * 5)


@check("toy.finds", default={"no_findings": True})
def finds(*, things: int = 2) -> Measurement:
    """Always finds things.

    ## What to do
    Ask for none.
    """
    return Measurement(findings=tuple(Finding(f"thing {number}") for number in range(things)))


@check("toy.raises")
def raises() -> Measurement:
    """Always crashes, as code with a bug does.

    ## What to do
    Mend the bug.
    """
    raise ZeroDivisionError("division by zero")


@check("toy.refuses")
def refuses() -> Measurement:
    """Always refuses, with a sentence and a way out.

    ## What to do
    Read the hint.
    """
    raise CheckError("The toy box is locked.", hint="Find the key.")


@check("toy.does_not_apply")
def does_not_apply() -> Measurement:
    """Never has anything to measure.

    ## What to do
    Nothing.
    """
    raise NotApplicable("There are no toys here.")


@check("toy.is_nan")
def is_nan() -> Measurement:
    """Measures NaN, which is no measurement.

    ## What to do
    Find where it comes from.
    """
    return Measurement.exact(math.nan, n=10)


@check("toy.returns_text")
def returns_text() -> Measurement:
    """Returns something else than a measurement.

    ## What to do
    Return a measurement.
    """
    return "fine"  # type: ignore[return-value]


@check("toy.mutates")
def mutates(toys: list[int]) -> Measurement:
    """Changes what it was given, so that later checks see something else.

    ## What to do
    Work on a copy.
    """
    toys.append(len(toys))
    return Measurement.exact(len(toys), n=len(toys))


@check("toy.sleeps")
def sleeps(*, seconds: float = 0.2) -> Measurement:
    """Takes its time.

    ## What to do
    Wait.
    """
    time.sleep(seconds)
    return Measurement.exact(seconds, n=1, unit="s")


@check("toy.needs_what_breaks")
def needs_what_breaks(broken_toys: list[int]) -> Measurement:
    """Asks for a resource that can't be made.

    ## What to do
    Mend the resource.
    """
    return Measurement.exact(len(broken_toys), n=1)


def make_toys() -> list[int]:
    """Three toys."""
    return [1, 2, 3]


def make_broken_toys(toys: list[int]) -> list[int]:
    """Fails, whatever toys there are."""
    raise CheckError(f"All {len(toys)} toys are broken.")


@hookimpl
def mlgate_checks() -> Sequence[Check]:
    """Every toy check."""
    return [value for value in globals().values() if isinstance(value, Check)]


@hookimpl
def mlgate_resources() -> Sequence[ResourceProvider]:
    """Whole toys, and broken ones."""
    return [
        ResourceProvider("toys", make_toys, "Three toys."),
        ResourceProvider("broken_toys", make_broken_toys, "Toys that can't be made."),
    ]
