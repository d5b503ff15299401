"""Robustness checks for mlgate: the predict contract, and properties that a search tries to break.

A property of one's own stands in `mlgate_checks.py`:

from mlgate_robustness import Pairs, property_check

@property_check("robustness.more_debt_no_more_credit", may_change=("debt",))
def more_debt_no_more_credit(pairs: Pairs):
    '''With more debt, nobody is offered more.'''
    more = (pairs.after["debt"] > pairs.before["debt"]).to_numpy()
    return ~more | (pairs.changed[:, -1] <= pairs.answers[:, -1] + 1e-6)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlgate_robustness.free import Pairs, property_check

__all__ = ["Pairs", "property_check"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from mlgate_robustness import free as module

        return getattr(module, name)
    raise AttributeError(f"module 'mlgate_robustness' has no attribute {name!r}")
