"""Reads mlgate.toml: everything a run needs to know, or every mistake at once."""

from mlgate.gatefile.finding import find
from mlgate.gatefile.loading import load
from mlgate.gatefile.values import CheckEntry, GateFile, Promote

__all__ = ["CheckEntry", "GateFile", "Promote", "find", "load"]
