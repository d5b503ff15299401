"""The second use case: move a registry's alias on evidence, move it back, and tell what happened to it."""

from mlgate.promotion.approving import approve
from mlgate.promotion.auditing import Audit, Uncovered, audit, fix
from mlgate.promotion.conditions import Conditions, conditions_of
from mlgate.promotion.promoting import Brought, promote
from mlgate.promotion.remembered import Remembered, remembered
from mlgate.promotion.rolling_back import Rollback, roll_back
from mlgate.promotion.writing_back import write_back

__all__ = [
    "Audit",
    "Brought",
    "Conditions",
    "Remembered",
    "Rollback",
    "Uncovered",
    "approve",
    "audit",
    "conditions_of",
    "fix",
    "promote",
    "remembered",
    "roll_back",
    "write_back",
]
