"""Numbers in sentences: as many decimals as they are sure of, and never a text that contradicts the decision."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.rules.numbers import count, roughly, spanned, stated, with_interval
from mlgate.stats import Estimate


@pytest.mark.parametrize(
    ("value", "low", "high", "unit", "text"),
    [
        (0.741, 0.68, 0.8, "1", "0.741 [0.680, 0.800]"),
        (0.031, 0.012, 0.05, "1", "0.031 [0.012, 0.050]"),
        (0.74123, 0.74083, 0.74163, "1", "0.74123 [0.74083, 0.74163]"),
        (61.23, 58.04, 64.02, "ms", "61.2 ms [58.0, 64.0]"),
        (12.04, 10.1, 14.0, "%", "12.0% [10.1, 14.0]"),
        (1234567.0, 1230000.0, 1240000.0, "EUR", "1,234,567 EUR [1,230,000, 1,240,000]"),
        (-0.0001, -0.02, 0.02, "1", "0.000 [-0.020, 0.020]"),
    ],
)
def test_interval_decides_the_decimals(value: float, low: float, high: float, unit: str, text: str) -> None:
    """Two digits of the half-width are shown, at least three of a number that is not tiny, and no minus zero."""
    assert spanned(value, low, high, unit) == text


def test_an_exact_number_has_no_interval() -> None:
    """A fact is said without brackets."""
    assert with_interval(Estimate(12.0, 300), 0.95, "rows") == "12.0 rows"


def test_bound_and_end_of_the_interval_are_told_apart() -> None:
    """An interval that ends just below the bound is not printed as if it ended at it."""
    assert spanned(0.70, 0.62, 0.77996, apart=(0.78,)) == "0.70000 [0.62000, 0.77996]"


def test_counts_have_thousands_separators() -> None:
    """One row, 1,200 rows."""
    assert [count(n, "row") for n in (0, 1, 1200)] == ["0 rows", "1 row", "1,200 rows"]


@pytest.mark.parametrize(
    ("n", "text"), [(7, "about 7"), (94, "about 94"), (1172, "about 1,200"), (94067, "about 95,000")]
)
def test_planned_rows_are_rounded_up_to_two_digits(n: int, text: str) -> None:
    """A planned number of rows does not pretend to be exact, and never promises too few."""
    assert roughly(n) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_stated_numbers_read_back(value: float) -> None:
    """What is printed of a bound is the bound."""
    assert float(stated(value)) == value
