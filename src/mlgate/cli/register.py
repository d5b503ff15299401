"""`mlgate register`: put a model into the folder registry."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("name")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
def register(name: str, path: Path) -> int:
    """Put the model at PATH, a file or a folder, into the folder registry as the next version of NAME.

    The registry is the folder that MLGATE_REGISTRY names, else `mlgate-registry` here or above; it is made where there
    is none. MLflow's models are registered with MLflow.
    """
    from mlgate.cli.registered import bare_name
    from mlgate.folder_registry import register as put

    click.echo(put(bare_name(name), path).uri)
    return 0
