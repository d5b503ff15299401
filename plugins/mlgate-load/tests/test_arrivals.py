"""When requests start: counts, shapes and bounds, from the rate's own integral."""

from __future__ import annotations

import numpy as np
import pytest

from mlgate import UsageError
from mlgate_load.arrivals import Profile, Shape, Spacing, arrivals


def shape(profile: Profile = Profile.CONSTANT, **said: float | Spacing) -> Shape:
    told = {"rate": 100.0, "peak": 400.0, "seconds": 10.0, "warmup": 0.0, "spacing": Spacing.EVEN, "seed": 7, **said}
    return Shape(profile=profile, **told)  # type: ignore[arg-type]


def test_an_even_constant_rate_is_a_clock() -> None:
    """A hundred per second are ten milliseconds apart."""
    found = np.array(arrivals(shape(), 10_000))
    assert len(found) == 1000
    assert np.allclose(np.diff(found), 0.01, atol=1e-6)


def test_a_warmup_climbs_from_zero_to_the_rate() -> None:
    """Its requests are half of those of the full rate, by the area of a triangle."""
    found = np.array(arrivals(shape(warmup=2.0), 10_000))
    assert len(found) == 1100
    assert ((found < 2.0).sum(), (found < 1.0).sum()) == (100, 25)


@pytest.mark.parametrize(
    ("profile", "expected"), [(Profile.RAMP, 2500), (Profile.STEP, 2500), (Profile.SPIKE, 1600), (Profile.SOAK, 1000)]
)
def test_a_profile_sends_what_its_area_says(profile: Profile, expected: int) -> None:
    """The mean of 100 and 400; the same in stairs; four fifths at 100 and one at 400; constant."""
    assert len(arrivals(shape(profile), 10_000)) == pytest.approx(expected, abs=2)


def test_a_spike_stands_in_the_middle_fifth() -> None:
    """Four seconds to six of ten."""
    found = np.array(arrivals(shape(Profile.SPIKE), 10_000))
    assert ((found >= 4) & (found < 6)).sum() == pytest.approx(800, abs=2)


def test_callers_that_know_nothing_of_each_other_come_as_poisson() -> None:
    """Gaps are exponential (mean equal to deviation), and the same seed gives the same ones."""
    gaps = np.diff(arrivals(shape(spacing=Spacing.POISSON, seconds=100.0), 100_000))
    assert gaps.mean() == pytest.approx(0.01, rel=0.05)
    assert gaps.std() == pytest.approx(gaps.mean(), rel=0.05)
    again = arrivals(shape(spacing=Spacing.POISSON), 100_000)
    assert again == arrivals(shape(spacing=Spacing.POISSON), 100_000)
    assert again != arrivals(shape(spacing=Spacing.POISSON, seed=8), 100_000)


def test_more_requests_than_allowed_are_refused_before_one_is_sent() -> None:
    """The sentence has both numbers and the way out."""
    with pytest.raises(UsageError, match=r"1,000 requests, and max_requests allows 999.*raise max_requests"):
        arrivals(shape(), 999)
