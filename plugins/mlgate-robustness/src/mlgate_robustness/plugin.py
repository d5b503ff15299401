"""What this plugin declares: the checks of the family `robustness`."""

from __future__ import annotations

from collections.abc import Sequence

from mlgate import Check, hookimpl
from mlgate_robustness.contract import check as contract
from mlgate_robustness.laws import (
    bounded,
    corruptions,
    extrapolate,
    invariant,
    missing,
    monotone,
    smooth,
    unseen_category,
)

MODULES = (bounded, contract, corruptions, extrapolate, invariant, missing, monotone, smooth, unseen_category)


@hookimpl
def mlgate_checks() -> Sequence[Check]:
    """Every check that a module of this distribution defines."""
    found = (value for module in MODULES for value in vars(module).values() if isinstance(value, Check))
    return sorted(found, key=lambda check: check.id)
