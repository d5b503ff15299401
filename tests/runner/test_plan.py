"""Which checks a run has."""

from __future__ import annotations

from mlgate.checks import check
from mlgate.results import Measurement
from mlgate.runner import select


@check("toy.cheap")
def cheap() -> Measurement:
    """Costs nothing."""
    return Measurement.exact(1, n=1)


@check("toy.dear", on_request=True)
def dear() -> Measurement:
    """Takes minutes."""
    return Measurement.exact(1, n=1)


CHECKS = {each.id: each for each in (cheap, dear)}


def test_a_check_on_request_is_left_out_of_a_run_that_names_none() -> None:
    """It is planned where the gate file lists it or a pattern picks it, and a pattern to skip wins."""
    assert select(CHECKS) == (cheap,)
    assert select(CHECKS, listed=["toy.dear"]) == (cheap, dear)
    assert select(CHECKS, only=["toy.*"]) == (cheap, dear)
    assert select(CHECKS, only=["toy.*"], skip=["toy.dear"]) == (cheap,)
