"""Plans checks and runs each one isolated and timed."""

from mlgate.runner.execute import Execution, execute
from mlgate.runner.journal import RunFolder
from mlgate.runner.plan import PlannedCheck, select, without_suites

__all__ = ["Execution", "PlannedCheck", "RunFolder", "execute", "select", "without_suites"]
