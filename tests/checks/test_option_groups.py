"""Options that several checks share are written once, and stand in each of them one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path

import pytest

from mlgate import Measurement, OptionGroup, check
from mlgate.checks import Option
from mlgate.testing import measure


@dataclass(frozen=True, slots=True)
class Cuts(OptionGroup):
    """`low` and `high` are where the shares are cut."""

    low: float
    high: float = 0.9


@check("own.between")
def between(*, cuts: Cuts, scale: float = 1.0) -> Measurement:
    """How wide the cut is.

    In shares.

    ## What to do
    Nothing.
    """
    return Measurement.exact(scale * (cuts.high - cuts.low), n=1)


def test_the_fields_are_the_checks_options() -> None:
    """With their types and defaults; one without a default is required."""
    assert between.options == (
        Option("low", float, None, True),
        Option("high", float, 0.9, False),
        Option("scale", float, 1.0, False),
    )


def test_the_groups_words_stand_in_the_page_before_its_first_heading() -> None:
    """As if they had been written there."""
    words = "`low` and `high` are where the shares are cut."
    assert between.page == f"How wide the cut is.\n\nIn shares.\n\n{words}\n\n## What to do\nNothing."


@pytest.mark.parametrize(("options", "value"), [({"low": 0.5}, 0.4), ({"low": 0.5, "high": 1.0, "scale": 2.0}, 1.0)])
def test_they_are_handed_over_together(options: dict[str, float], value: float) -> None:
    """What was left out has its default."""
    estimate = measure(between, **options).estimate
    assert estimate is not None
    assert estimate.value == pytest.approx(value)


@dataclass(frozen=True, slots=True)
class NamedCuts(Cuts):
    """`names` are what the parts are called."""

    high: float = 0.8
    names: list[str] = field(default_factory=lambda: ["low", "high"])


def doubled(function: Callable[..., Measurement]) -> Callable[..., Measurement]:
    """As a family does that wraps all of its checks."""

    @wraps(function)
    def measure(**options: object) -> Measurement:
        measured = function(**options)
        assert measured.estimate is not None
        return Measurement.exact(2 * measured.estimate.value, n=1)

    return measure


@check("own.named")
@doubled
def named(*, cuts: NamedCuts) -> Measurement:
    """How wide the named cut is."""
    return Measurement.exact(cuts.high - cuts.low + len(cuts.names), n=1)


def test_a_group_that_extends_another_has_its_options_and_its_words() -> None:
    """Those of the extended one first; a default that is made anew is one, too."""
    assert [(option.name, option.default) for option in named.options] == [
        ("low", None), ("high", 0.8), ("names", ["low", "high"]),
    ]  # fmt: skip
    words = ["`low` and `high` are where the shares are cut.", "`names` are what the parts are called."]
    assert named.page == "\n\n".join(["How wide the named cut is.", *words])


def test_a_decorated_function_is_a_check_of_its_own_line() -> None:
    """The decorator measures, and does not stand in the way of types and places."""
    first = Path(__file__).read_text(encoding="utf-8").splitlines().index('@check("own.named")') + 1
    assert named.source == f"{__file__}:{first}"
    estimate = measure(named, low=0.3, names=[]).estimate
    assert estimate is not None
    assert estimate.value == pytest.approx(1.0)
