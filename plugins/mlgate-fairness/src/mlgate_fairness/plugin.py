"""What this plugin declares: the checks of the family `fairness`."""

from __future__ import annotations

from collections.abc import Sequence

from mlgate import Check, hookimpl
from mlgate_fairness import (
    champion,
    counterfactual,
    group_loss,
    inequality,
    odds,
    overview,
    parity,
    predictive,
    proxy,
    scores,
)

MODULES = (champion, counterfactual, group_loss, inequality, odds, overview, parity, predictive, proxy, scores)


@hookimpl
def mlgate_checks() -> Sequence[Check]:
    """Every check that a module of this distribution defines."""
    found = (value for module in MODULES for value in vars(module).values() if isinstance(value, Check))
    return sorted(found, key=lambda check: check.id)
