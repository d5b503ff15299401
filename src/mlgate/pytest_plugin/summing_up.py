"""The verdict at the end of pytest's output."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mlgate.pytest_plugin.merging import Kept
from mlgate.pytest_plugin.wording import safe
from mlgate.reports.next_step import next_step
from mlgate.reports.phrases import trusted
from mlgate.reports.terminal import harmless, summary
from mlgate.results import Decision, Record
from mlgate.rules.numbers import count

_COLOURS = {Decision.ALLOWED: "green", Decision.DENIED: "red", Decision.UNDECIDED: "yellow"}


def sum_up(kept: Kept, terminal: pytest.TerminalReporter) -> None:
    """The verdict, its reasons and where the record lies; all measurements too under -v."""
    if kept.record is not None:
        _tell(kept.record, terminal)
    if kept.problem is not None:
        terminal.write_line(f"no record was kept: {safe(kept.problem)}", red=True)
    if kept.path is not None:
        terminal.write_line(f"record: {_short(kept.path, terminal.config.invocation_params.dir)}")


def _tell(record: Record, terminal: pytest.TerminalReporter) -> None:
    lines = summary(record).splitlines() if terminal.verbosity > 0 else list(_brief(record))
    terminal.write_line(lines[0], **{_COLOURS[record.verdict.decision]: True, "bold": True})
    for line in lines[1:]:
        terminal.write_line(line)


def _brief(record: Record) -> Iterator[str]:
    facts = record.facts
    about = f" of {harmless(facts.candidate.uri)}" if facts.candidate else ""
    where = f" by {harmless(facts.gate.path)}" if facts.gate.path else ""
    yield f"{record.verdict.decision}: {count(len(record.results), 'measurement')}{about}{where}"
    yield from (f"  {safe(reason)}" for reason in record.verdict.reasons)
    yield from (f"trusted model: {safe(trusted(each))}" for each in facts.trust)
    if facts.gate.left_out:
        yield f"left out: {', '.join(facts.gate.left_out)} (a record without them promotes nothing)"
    yield f"next: {next_step(record)}"


def _short(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)
