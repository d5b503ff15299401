"""Which checks a run has to plan, for its record to be evidence."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from mlgate.checks import Check
from mlgate.gate.verdicts import rules_of
from mlgate.gatefile import GateFile
from mlgate.host import Host
from mlgate.results import Level


def checks_of(host: Host, gate: GateFile) -> Mapping[str, Check]:
    """Those that are installed, but for what the gate file goes without."""
    without = gate.policy.skip
    return {id: each for id, each in host.checks.items() if not any(fnmatchcase(id, pattern) for pattern in without)}


def demanded(host: Host, gate: GateFile) -> set[str]:
    """The gate file's own checks, and all that block by their own rules and run unasked.

    What is not among them may be left out by whoever calls (`--checks`, `--skip`, `-k`).
    """
    unasked = (check for check in checks_of(host, gate).values() if not check.on_request)
    rules = ((check.id, rules_of(check, gate).rules) for check in unasked)
    return {*gate.checks, *(id for id, own in rules if any(rule.level is Level.ENFORCE for rule in own))}
