"""`mlgate rollback`: move an alias back to what was lawfully promoted before."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli.options import gate_option, json_option, keys_option


@click.command()
@click.argument("name")
@click.option("--alias", help="The alias to move; default: [promote] alias.")
@click.option("--to", "version", metavar="VERSION", help="Default: the last one that was lawfully promoted before.")
@click.option("--reason", help="For the history.")
@keys_option
@gate_option
@click.option("--dry-run", is_flag=True, help="Say what would happen.")
@json_option
def rollback(
    *,
    name: str,
    alias: str | None,
    version: str | None,
    reason: str | None,
    keys: tuple[str, ...],
    gate: Path | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Move the alias of the model NAME back, in one step.

    The version has to have been promoted on a verdict, and its files have to be those that were promoted. A rollback
    asks for no new verdict and no approvals: it must be possible at night.
    """
    from mlgate import promotion
    from mlgate.cli.registered import bare_name, desk, moved

    here = desk(gate)
    asked = promotion.Rollback(
        name=bare_name(name),
        alias=alias or here.gate.promote.alias,
        to=version,
        reason=reason,
        signers=here.signers(keys),
    )
    click.echo(moved(promotion.roll_back(asked, registry=here.registry(name), dry_run=dry_run), dry_run, as_json))
    return 0
