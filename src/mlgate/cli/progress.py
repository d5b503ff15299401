"""Progress of a run: a live bar on a terminal, one plain line per check elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from mlgate.reports.terminal import harmless
from mlgate.results import CheckRun, RunStatus
from mlgate.spec import CheckFinished, RunFinished, RunStarted

Event = RunStarted | CheckFinished | RunFinished


@contextmanager
def progress(stream: TextIO) -> Iterator[Callable[[Event], None]]:
    """An observer that shows on `stream` which check was measured, and what of it is worth a word."""
    if stream.isatty() and not os.environ.get("CI"):
        with _live(stream) as observer:
            yield observer
    else:
        yield lambda event: _plain(event, stream)


def _plain(event: Event, stream: TextIO) -> None:
    if isinstance(event, RunStarted):
        model = event.facts.candidate
        print(
            f"mlgate: {len(event.checks)} checks on {harmless(model.uri) if model else 'the data alone'}", file=stream
        )
    elif isinstance(event, CheckFinished) and event.run.status is not RunStatus.SKIPPED:
        print(f"[{event.done}/{event.total}] {_line(event.run)}", file=stream, flush=True)


def _line(run: CheckRun) -> str:
    if run.status is RunStatus.MEASURED:
        return f"{run.check} measured in {run.seconds:.2f} s"
    return f"{run.check} {run.status}"


@contextmanager
def _live(stream: TextIO) -> Iterator[Callable[[Event], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("opening the model and the data", total=None)

        def observe(event: Event) -> None:
            if isinstance(event, RunStarted):
                bar.update(task, total=len(event.checks), description="measuring")
            elif isinstance(event, CheckFinished):
                bar.update(task, completed=event.done, description=event.run.check)

        yield observe
