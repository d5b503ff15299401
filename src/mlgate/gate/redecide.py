"""Decide again from a record: a pure function of the record and the gate file, for thresholds that changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from mlgate import gatefile
from mlgate.gate.demanded import demanded
from mlgate.gate.from_tests import is_contributed
from mlgate.gate.verdicts import record_of, rules_of
from mlgate.gatefile import GateFile
from mlgate.host import Host
from mlgate.results import GateFacts, Record
from mlgate.rules import CheckRules


def redecide(record: Record, path: Path | None, host: Host, *, today: date | None = None) -> Record:
    """The record with the verdict that the gate file at `path` (none: the default rules) gives its measurements.

    A check that the gate file states and the record lacks, or that was measured with other options, is `errored`.
    """
    gate = gatefile.load(path, list(host.checks.values())) if path is not None else GateFile()
    runs = [result.run for result in record.results]
    sheet = _sheet(gate, host, [run.check for run in runs if not is_contributed(run)])
    facts = replace(record.facts, gate=_facts(gate, host, record))
    return record_of(facts, runs, sheet, gate, seconds=record.seconds, complete=record.complete, today=today)


def _sheet(gate: GateFile, host: Host, measured: list[str]) -> dict[str, CheckRules]:
    known = [host.check(id) for id in sorted({*measured, *gate.checks})]
    return {check.id: rules_of(check, gate) for check in known}


def _facts(gate: GateFile, host: Host, record: Record) -> GateFacts:
    """What this gate demands and the run did without is left out, whatever the gate of the run said of it."""
    lacking = demanded(host, gate) - {result.run.check for result in record.results}
    left_out = tuple(sorted({*record.facts.gate.left_out, *lacking}))
    return GateFacts(gate.policy.confidence, gate.digest, str(gate.path) if gate.path else None, left_out)
