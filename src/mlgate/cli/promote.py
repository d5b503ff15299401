"""`mlgate promote`: move a registry alias to a version that its record allows."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("model", metavar="URI")
@click.option("--to", "alias", metavar="ALIAS", required=True, help="The alias to move.")
@click.option("--record", type=click.Path(exists=True, path_type=Path), help="Default: the one kept in the registry.")
@click.option("--dry-run", is_flag=True, help="Say what would happen.")
def promote(model: str, alias: str, record: Path | None, dry_run: bool) -> int:
    """Move ALIAS to the version at URI, as models:/name/7, if its record allows it and nothing changed since."""
    from mlgate import promotion
    from mlgate.cli.folders import host_here
    from mlgate.cli.records import record_file

    kept = record_file(record).read_bytes() if record is not None else None
    move = promotion.promote(model, alias, registry=host_here(Path.cwd()).registry(model), record=kept, dry_run=dry_run)
    before = f"version {move.previous}" if move.previous else "nobody"
    if dry_run:
        click.echo(f"would move {move.name}@{move.alias} from {before} to version {move.version}.")
        return 0
    click.echo(f"{move.name}@{move.alias} moved from {before} to version {move.version}.")
    return 0
