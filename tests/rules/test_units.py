"""Numbers with units: read, converted to what was measured, and refused where that would be a guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.rules import Quantity
from mlgate.rules.units import UnitError


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("50ms", "ms", 50.0),
        ("0.05 s", "ms", 50.0),
        ("1e3us", "ms", 1.0),
        ("2min", "s", 120.0),
        ("1GiB", "MiB", 1024.0),
        ("500 MB", "B", 5e8),
        ("5%", "1", 0.05),
        ("0.05", "1", 0.05),
        ("5%", "%", 5.0),
        ("1_000", "rows", 1000.0),
        ("12 EUR", "EUR", 12.0),
        ("-.5", "1", -0.5),
        ("10 rps", "1/s", 10.0),
    ],
)
def test_text_becomes_a_number_in_the_unit_measured(text: str, unit: str, value: float) -> None:
    """Units of one kind are converted."""
    assert Quantity.parse(text).to(unit) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("quantity", "unit", "sentence"),
    [
        (Quantity(50), "ms", '50 has no unit, and what is measured is in ms: write "50 ms"'),
        (Quantity(5), "%", '5 has no unit, and what is measured is in %: write "5%"'),
        (
            Quantity(50, "MB"),
            "ms",
            "50 MB can't be compared with what is measured in ms; the units that fit are: ms, ns, us, µs, s, min, h, d",
        ),
        (Quantity(5, "USD"), "EUR", "5 USD can't be compared with what is measured in EUR"),
        (
            Quantity(5, "ms"),
            "1",
            "5 ms can't be compared with what is measured in plain numbers (unit 1); the units that fit are: %",
        ),
    ],
)
def test_a_unit_that_would_be_a_guess_is_refused(quantity: Quantity, unit: str, sentence: str) -> None:
    """A missing unit of a time, and a unit of another kind, are mistakes."""
    with pytest.raises(UnitError) as refusal:
        quantity.to(unit)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("text", ["", "ms", "fast", "nan", "inf ms", "--5", "5e", "1e999"])
def test_text_without_a_finite_number_is_refused(text: str) -> None:
    """Nothing but a finite number, with or without a unit, is a quantity."""
    if text == "5e":  # a number with the unit e, which nothing measures
        assert Quantity.parse(text) == Quantity(5.0, "e")
        return
    with pytest.raises(UnitError, match="is not a number with a unit, as"):
        Quantity.parse(text)


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([None, "ms", "%", "EUR", "MiB"]))
def test_quantities_read_back(value: float, unit: str | None) -> None:
    """parse(str(x)) is x."""
    assert Quantity.parse(str(Quantity(value, unit))) == Quantity(value, unit)
