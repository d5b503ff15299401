"""Write the reports that were asked for: each to its path, or to where its own server looks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import click

from mlgate.host import Host
from mlgate.reports.terminal import harmless
from mlgate.results import Record
from mlgate.runner.journal import write_atomically
from mlgate.spec import Publisher, Reporter

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A report that was asked for; without a path it is published by its reporter."""

    name: str
    reporter: Reporter
    path: Path | None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """What a command tells, to be drawn in one more format."""

    name: str
    draw: Callable[[T], str]
    path: Path


def asked_reports(options: Sequence[str], host: Host) -> list[Asked]:
    """`junit=out.xml` and `github`, told apart. Raises `UsageError`: a misspelt format must not cost a run."""
    return [_asked(option, host) for option in options]


def _asked(option: str, host: Host) -> Asked:
    name, separator, path = option.partition("=")
    if separator and path:
        return Asked(name, host.reporter(name), Path(path))
    if not separator and isinstance(host.reporters.get(name), Publisher):
        return Asked(name, host.reporter(name), None)
    raise click.UsageError(f"--report takes FORMAT=PATH, as junit=report.xml, not {option!r}.")


def write_reports(record: Record, reports: Sequence[Asked], kept: Path | None) -> int:
    """Write each report; how many files could not be written. The verdict stands whatever happens here.

    `kept` is the record's file. What a published report could not write is told, and not counted: its places are
    the server's.
    """
    lost = 0
    for each in reports:
        if each.path is None:
            _publish(each, record, kept)
        else:
            lost += not _written(each.name, each.reporter.render, record, each.path)
    return lost


def asked_pages(options: Sequence[str], drawers: Mapping[str, Callable[[T], str]]) -> list[Page[T]]:
    """`html=out.html`, with what draws it. Raises `UsageError`."""
    pages = []
    for option in options:
        name, _, path = option.partition("=")
        if name not in drawers or not path:
            raise click.UsageError(f"--report takes {' or '.join(f'{each}=PATH' for each in drawers)}, not {option!r}.")
        pages.append(Page(name, drawers[name], Path(path)))
    return pages


def write_pages(pages: Sequence[Page[T]], told: T) -> int:
    """Write each page; how many could not be written."""
    return sum(not _written(page.name, page.draw, told, page.path) for page in pages)


def _written(name: str, draw: Callable[[T], str], told: T, path: Path) -> bool:
    try:
        drawn = draw(told).encode()
    except Exception as error:  # a stranger's code: its defect must not take the verdict's place
        return _complain(f"the {name} report could not be drawn: {type(error).__name__}: {error}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, drawn)
    except OSError as error:
        return _complain(f"the {name} report could not be written to {path}: {error.strerror}.")
    click.echo(f"{name}: {path}")
    return True


def _publish(asked: Asked, record: Record, kept: Path | None) -> None:
    if not isinstance(asked.reporter, Publisher):
        return
    try:
        published = asked.reporter.publish(record, kept)
    except Exception as error:
        _complain(f"the {asked.name} report could not be published: {type(error).__name__}: {error}")
        return
    for line in published.lines:
        click.echo(line)
    for complaint in published.complaints:
        _complain(complaint)


def _complain(said: str) -> bool:
    click.echo(f"mlgate: {harmless(said)}", err=True)
    return False
