"""`mlgate audit`: does the history hold, and is who holds an alias there lawfully?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlgate.cli.options import gate_option, keys_option
from mlgate.errors import ExitCode

if TYPE_CHECKING:
    from mlgate.promotion import Audit, Uncovered


@click.command()
@click.argument("name")
@click.option("--fix", is_flag=True, help="Put back what no entry accounts for.")
@click.option("--files/--no-files", default=True, show_default=True, help="Digest the files of who holds an alias.")
@keys_option
@gate_option
def audit(name: str, fix: bool, files: bool, keys: tuple[str, ...], gate: Path | None) -> int:
    """Audit the model NAME: the chain of its history, and every alias against the last entry that moved it.

    Exit code 0: all of it holds, or was put back. 1: it does not; the first broken entry, and every alias that was
    moved behind the gate's back, are named. 5: nothing is known of NAME, no entry and no alias.
    """
    from dataclasses import replace

    from mlgate import promotion
    from mlgate.cli.registered import bare_name, desk

    here = desk(gate)
    registry = here.registry(name)
    bare = bare_name(name)
    found = promotion.audit(bare, registry=registry, aliases=[here.gate.promote.alias], files=files)
    if found.sound and not found.entries and not registry.aliases(bare):
        click.echo(f"nothing is known of {bare}: no entry, and nobody holds an alias.", err=True)
        return ExitCode.NOTHING_RAN
    if fix and found.broken is None:
        mended = promotion.fix(found, registry=registry, signers=here.signers(keys))
        found = replace(found, uncovered=tuple(mended))
    for line in _told(found, name, fix):
        click.echo(line)
    return 0 if found.sound else 1


def _told(found: Audit, asked: str, fix: bool) -> Iterator[str]:
    from mlgate.cli.registered import printable

    yield f"entries: {len(found.entries)}"
    yield "chain:   it holds" if found.broken is None else printable(f"chain:   broken at {found.broken}")
    for entry in found.loud:
        said = f"entry {entry.seq} moved {entry.alias} to version {entry.version}: {entry.reason}"
        yield printable(f"glass:   broken by {entry.actor} at {entry.time}; {said}")
    for gap in found.past:
        yield printable(f"past:    {gap}")
    for each in found.uncovered:
        yield printable(f"alias:   {found.name}@{each.alias}: {each.reason}; {_outcome(each, asked, found, fix)}")
    if found.sound:
        yield "result:  every alias is where the last entry put it"


def _outcome(each: Uncovered, asked: str, found: Audit, fix: bool) -> str:
    if each.mended is not None:
        return each.mended
    if fix and found.broken is None:
        return "left there, because the ledger begins with a promotion; `mlgate promote` it, or take it away yourself"
    return "not put back, because the chain is broken" if found.broken else f"`mlgate audit {asked} --fix` puts it back"
