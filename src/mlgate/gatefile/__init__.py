"""Reads mlgate.toml: everything a run needs to know, or every mistake at once. And writes a first one."""

from mlgate.gatefile.draft import draft
from mlgate.gatefile.facts import ColumnFacts, ColumnKind, ProjectFacts, Proposal
from mlgate.gatefile.finding import find
from mlgate.gatefile.loading import load
from mlgate.gatefile.options import coerce, from_text
from mlgate.gatefile.reading import RawGate, read
from mlgate.gatefile.schema import schema
from mlgate.gatefile.values import CheckEntry, GateFile, ModelTerms, Promote

__all__ = [
    "CheckEntry",
    "ColumnFacts",
    "ColumnKind",
    "GateFile",
    "ModelTerms",
    "ProjectFacts",
    "Promote",
    "Proposal",
    "RawGate",
    "coerce",
    "draft",
    "find",
    "from_text",
    "load",
    "read",
    "schema",
]
