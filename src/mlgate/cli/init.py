"""`mlgate init`: write a commented mlgate.toml from a model and its data."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--model", metavar="URI", help="The candidate: models:/name@alias, a file, or package.module:factory.")
@click.option("--champion", metavar="URI", help="What to compare with; default: the holder of the target alias.")
@click.option("--train", metavar="DATA", help="The training table.")
@click.option("--test", metavar="DATA", help="The table to judge on.")
@click.option("--label", metavar="COLUMN", help="The column that holds the truth.")
@click.option("--positive", metavar="VALUE", help="The label of the positive class.")
@click.option("--output", type=click.Path(path_type=Path), default=Path("mlgate.toml"), show_default=True)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def init(
    *,
    model: str | None,
    champion: str | None,
    train: str | None,
    test: str | None,
    label: str | None,
    positive: str | None,
    output: Path,
    force: bool,
) -> None:
    """Write a commented mlgate.toml from a model and its data, every guess marked as one."""
    from mlgate.errors import UsageError
    from mlgate.gate import GateRequest
    from mlgate.gate.drafting import first_gate_file
    from mlgate.runner.journal import write_atomically

    if output.exists() and not force:
        raise UsageError(f"{output} is there already.", hint="Name another with --output, or replace it with --force.")
    tables = {name: uri for name, uri in (("train", train), ("test", test)) if uri is not None}
    request = GateRequest(model=model, champion=champion, tables=tables, label=label, positive=positive)
    write_atomically(output, first_gate_file(request).encode())
    click.echo(f"wrote {output}; read it, then: mlgate run")
