"""`mlgate promote`: move a registry alias to a version that its record allows."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli.options import gate_option, json_option, keys_option

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("model", metavar="URI")
@click.option("--to", "alias", metavar="ALIAS", help="The alias to move; default: [promote] alias.")
@click.option("--record", type=click.Path(exists=True, path_type=Path), help="Default: the one kept in the registry.")
@click.option("--attestation", type=_FILE, help="The signed verdict; default: the one kept in the registry.")
@click.option("--approval", "approvals", type=_FILE, multiple=True, help="An approval; may be repeated.")
@keys_option
@gate_option
@click.option("--break-glass", metavar="REASON", help="Move it without evidence. It is loud, and written down.")
@click.option("--dry-run", is_flag=True, help="Say what would happen.")
@json_option
def promote(
    *,
    model: str,
    alias: str | None,
    record: Path | None,
    attestation: Path | None,
    approvals: tuple[Path, ...],
    keys: tuple[str, ...],
    gate: Path | None,
    break_glass: str | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Move ALIAS to the version at URI, as models:/name/7, if its record allows it and nothing changed since.

    The record has to be about exactly these files, made under this gate file, and compared with the version that still
    holds the alias. Exit code 1 says that it is not, with one reason and the command that mends it.
    """
    from mlgate import promotion
    from mlgate.cli.records import record_file
    from mlgate.cli.registered import desk, moved

    here = desk(gate)
    brought = promotion.Brought(
        record=record_file(record).read_bytes() if record is not None else None,
        attestation=attestation.read_bytes() if attestation is not None else None,
        approvals=[approval.read_bytes() for approval in approvals],
        signers=here.signers(keys),
        break_glass=break_glass,
    )
    move = promotion.promote(
        model,
        alias or here.gate.promote.alias,
        registry=here.host.registry(model),
        conditions=promotion.conditions_of(here.gate),
        brought=brought,
        dry_run=dry_run,
    )
    if break_glass is not None:
        click.secho(f"BREAK GLASS: no verdict covers this move ({break_glass}).", err=True, fg="red", bold=True)
    click.echo(moved(move, dry_run, as_json))
    return 0
