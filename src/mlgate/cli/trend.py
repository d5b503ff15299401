"""`mlgate trend`: the history of what was measured of a registered model."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from mlgate.cli.options import pages_option

if TYPE_CHECKING:
    from mlgate.reports.trend.series import Trend


@click.command()
@click.argument("name")
@click.option("--check", "checks", metavar="CHECK", multiple=True, help="Only this one; may be repeated.")
@click.option("--last", type=click.IntRange(1), default=50, show_default=True, help="How many verdicts.")
@pages_option("html")
def trend(name: str, checks: tuple[str, ...], last: int, reports: tuple[str, ...]) -> int:
    """Draw what the checks measured of the model NAME, verdict by verdict, from its history.

    The records come from the registry, and from the runs that are kept here; each is the one that the ledger names by
    its digest. Exit code 1 says that the ledger does not hold from some entry on.
    """
    from mlgate.cli.registered import bare_name, desk, printable
    from mlgate.cli.reporting import asked_pages, write_pages
    from mlgate.gate import GateRequest
    from mlgate.promotion import remembered
    from mlgate.reports.trend.chart import html
    from mlgate.reports.trend.series import trend as drawn

    pages = asked_pages(reports, {"html": html})
    bare = bare_name(name)
    ledger, verdicts = remembered(bare, desk(None).registry(name), GateRequest().state, last)
    moves = [entry for entry in ledger.entries if entry.moves]
    found = drawn(bare, [(each.entry, each.record) for each in verdicts], moves, checks)
    _tell(found, checks)
    lost = write_pages(pages, found)
    if ledger.broken is not None:
        click.echo(printable(f"mlgate: the ledger is broken at {ledger.broken}"), err=True)
        return 1
    return 3 if lost else 0


def _tell(found: Trend, checks: tuple[str, ...]) -> None:
    from mlgate.cli.registered import printable
    from mlgate.reports.trend.sparkline import BLOCKS, text

    if not found.judged:
        click.echo(f"no verdict on {printable(found.name)} is known.", err=True)
        return
    click.echo(text(found, blocks=_can_show(BLOCKS)), nl=False)
    drawn = {series.check for series in found.series}
    for check in checks:
        if check not in drawn:
            click.echo(f"mlgate: none of these verdicts has a number of {printable(check)}.", err=True)


def _can_show(signs: str) -> bool:
    try:
        signs.encode(sys.stdout.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True
