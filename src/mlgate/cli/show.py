"""Show a record on a terminal, and write the reports that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from mlgate.host import Host
from mlgate.reports.terminal import summary
from mlgate.results import Decision, Outcome, Record
from mlgate.runner.journal import write_atomically

_COLOURS = {
    Outcome.PASSED: "green",
    Outcome.FAILED: "red",
    Outcome.ERRORED: "red",
    Outcome.INCONCLUSIVE: "yellow",
    Outcome.SKIPPED: "bright_black",
    Decision.ALLOWED: "green",
    Decision.DENIED: "red",
    Decision.UNDECIDED: "yellow",
}


def show(record: Record) -> None:
    """Print the summary; a terminal gets colours, a file does not."""
    for line in summary(record).splitlines():
        click.echo(_coloured(line))


def _coloured(line: str) -> str:
    for word, colour in _COLOURS.items():
        if f" {word} " in f" {line} ".replace(":", " "):
            return click.style(line, fg=colour)
    return line


def write_reports(record: Record, reports: Sequence[tuple[str, Path]], host: Host) -> int:
    """Write each report; how many could not be written. The verdict stands whatever happens here."""
    lost = 0
    for name, path in reports:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, host.reporter(name).render(record).encode())
            click.echo(f"{name}: {path}")
        except OSError as error:
            click.echo(f"mlgate: the {name} report could not be written to {path}: {error.strerror}.", err=True)
            lost += 1
    return lost
