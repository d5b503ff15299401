"""`mlgate schema`: print the JSON schema of the gate file or of the record."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.option("--record", is_flag=True, help="The record's schema, not the gate file's.")
def schema(record: bool) -> None:
    """Print the JSON schema of mlgate.toml, for editors; or of the record."""
    click.echo(json.dumps(_record_schema() if record else _gate_schema(), indent=2))


def _record_schema() -> object:
    from mlgate.results.record_json import record_schema

    return record_schema()


def _gate_schema() -> object:
    from mlgate import gatefile
    from mlgate.cli.folders import host_here

    return gatefile.schema(list(host_here(Path.cwd()).checks.values()))
