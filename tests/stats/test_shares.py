"""A difference of shares, against the published interval and the range of what it can be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.stats import difference_of_shares

COUNTS = st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


def test_the_interval_is_walds_with_one_success_and_one_failure_more_on_each_side() -> None:
    """Worked by hand: 7 and 2 of 10 become 8 and 3 of 12; 5/12 +- 1.959964 sqrt(8/12 4/12 / 12 + 3/12 9/12 / 12)."""
    estimate = difference_of_shares((7, 10), (2, 10), rows=20)
    interval = estimate.interval(0.95)
    assert estimate.value == pytest.approx(0.5)
    assert (interval.low, interval.high) == pytest.approx((0.054505, 0.778828), abs=2e-6)


@given(here=COUNTS, there=COUNTS, level=st.floats(0.5, 0.9999))
def test_no_interval_leaves_what_a_difference_can_be(
    here: tuple[int, int], there: tuple[int, int], level: float
) -> None:
    """All of a large table against none of it once ended at 1.00015."""
    interval = difference_of_shares(here, there, rows=here[1]).interval(level)
    assert -1 <= interval.low <= interval.high <= 1


def test_a_share_of_nothing_differs_from_none() -> None:
    assert difference_of_shares((3, 5), (0, 0), rows=5).value == 0.0
