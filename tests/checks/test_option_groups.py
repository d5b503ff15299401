"""Options that several checks share are written once, and stand in each of them one by one."""

from __future__ import annotations

from dataclasses import dataclass

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
