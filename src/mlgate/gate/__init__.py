"""The first use case: measure a candidate, decide, and leave a record."""

from mlgate.gate.redecide import redecide
from mlgate.gate.request import GateRequest
from mlgate.gate.run import run_gate
from mlgate.gate.session import Session, installed_host

__all__ = ["GateRequest", "Session", "installed_host", "redecide", "run_gate"]
