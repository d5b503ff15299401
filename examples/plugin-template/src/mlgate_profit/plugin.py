"""What this plugin declares. mlgate loads this module; nothing is measured here."""

from __future__ import annotations

from collections.abc import Sequence

from mlgate import Check, hookimpl
from mlgate_profit.checks import profit_per_loan


@hookimpl
def mlgate_checks() -> Sequence[Check]:
    """The family `business`."""
    return [profit_per_loan]
