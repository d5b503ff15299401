"""Show a record on a terminal."""

from __future__ import annotations

import click

from mlgate.reports.terminal import summary
from mlgate.results import Decision, Outcome, Record

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
