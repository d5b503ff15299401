"""`mlgate history`: what happened to a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mlgate.ledger import Entry


@click.command()
@click.argument("name")
@click.option("--alias", help="Only what concerns this alias.")
@click.option("--json", "as_json", is_flag=True, help="The entries as they are stored, one a line.")
def history(name: str, alias: str | None, as_json: bool) -> int:
    """Tell what happened to the model NAME: verdicts, moves, refusals, approvals, each with time and actor.

    Exit code 1 says that the ledger does not hold from some entry on; `mlgate audit` looks closer.
    """
    from mlgate.cli.registered import bare_name, desk, printable
    from mlgate.ledger import read_chain
    from mlgate.ledger.entry import written

    registry, bare = desk(None).registry(name), bare_name(name)
    ledger = read_chain(registry.history(bare), registry.head(bare))
    for entry in ledger.entries:
        if alias in (None, entry.alias):
            click.echo(written(entry).decode() if as_json else _told(entry))
    if not ledger.entries and ledger.broken is None:
        click.echo(f"nothing is known of {bare}.", err=True)
    if ledger.broken is not None:
        click.echo(printable(f"mlgate: the ledger is broken at {ledger.broken}"), err=True)
        return 1
    return 0


def _told(entry: Entry) -> str:
    from mlgate.cli.registered import printable

    before = f"version {entry.moved_from}" if entry.moved_from else "nobody"
    after = f"version {entry.version}" if entry.version else "nobody"
    what = f"{before} -> {after}" if entry.moves else after
    parts = [
        f"{entry.seq:>4}  {entry.time}  {entry.kind:<11}  {entry.alias or '-'}: {what}  by {entry.actor}",
        f"verdict {entry.digests['record'][:19]}" if "record" in entry.digests else "",
        f"({entry.reason})" if entry.reason else "",
    ]
    return printable("  ".join(part for part in parts if part))
