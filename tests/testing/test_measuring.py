"""One check, measured without a run."""

from __future__ import annotations

import pytest

from mlgate import Measurement, check
from mlgate.errors import CheckError, NotApplicable, RecordError
from mlgate.testing import measure, toys


@check("shop.margin")
def margin(prices: list[float], costs: list[float] | None = None, *, share: float = 1.0) -> Measurement:
    """What is left of the prices."""
    paid = sum(costs or [])
    return Measurement.exact(share * (sum(prices) - paid), n=len(prices))


def test_resources_and_options_are_handed_over_by_name() -> None:
    """As the runner does: an optional resource may be left out."""
    whole = measure(margin, prices=[3.0, 4.0])
    part = measure(margin, prices=[3.0, 4.0], costs=[2.0], share=0.5)
    assert whole.estimate is not None
    assert part.estimate is not None
    assert (whole.estimate.value, part.estimate.value) == (7.0, 2.5)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "shop.margin asks for prices: hand it over by name"),
        ({"prices": [], "cost": 1}, "shop.margin has no resource or option cost"),
    ],
)
def test_a_name_too_few_or_too_many_is_an_error(given: dict[str, object], sentence: str) -> None:
    """A misspelt option would otherwise test the default."""
    with pytest.raises(TypeError, match=f"^{sentence}$"):
        measure(margin, **given)


def test_what_can_not_be_recorded_is_no_measurement() -> None:
    """The test fails where a run would."""

    def odd() -> Measurement:
        return Measurement(data={"at": {1, 2}})  # type: ignore[dict-item]

    odd.__doc__ = "Odd."
    with pytest.raises(RecordError, match=r"shop.odd.measurement.data.at is of type set"):
        measure(check("shop.odd")(odd))


def test_each_toy_does_what_it_says() -> None:
    """The toys are what other tests lean on."""
    assert measure(toys.passes) == Measurement.exact(1.0, n=10)
    assert measure(toys.fails) == Measurement.exact(0.0, n=10)
    assert len(measure(toys.finds, things=3).findings) == 3
    assert measure(toys.sleeps, seconds=0.0).unit == "s"
    with pytest.raises(ZeroDivisionError):
        measure(toys.raises)
    with pytest.raises(CheckError, match="locked"):
        measure(toys.refuses)
    with pytest.raises(NotApplicable):
        measure(toys.does_not_apply)
    doubtful = measure(toys.doubts).estimate
    assert doubtful is not None
    drawn = doubtful.interval(0.95)
    assert drawn.low < 0.5 < drawn.high
