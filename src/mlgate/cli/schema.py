"""`mlgate schema`: print the JSON schema of the gate file, or of what a run or a promotion leaves."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.option("--record", "what", flag_value="record", help="The record's schema, not the gate file's.")
@click.option("--attestation", "what", flag_value="attestation", help="That of a signed verdict.")
@click.option("--authorization", "what", flag_value="authorization", help="That of the leave to move an alias.")
@click.option("--approval", "what", flag_value="approval", help="That of an approval.")
@click.option("--ledger", "what", flag_value="ledger", help="That of an entry in a model's history.")
def schema(what: str | None) -> None:
    """Print the JSON schema of mlgate.toml, for editors; or of what a run or a promotion leaves."""
    printers = {
        None: _gate_schema,
        "record": _record_schema,
        "attestation": _attestation_schema,
        "authorization": _authorization_schema,
        "approval": _approval_schema,
        "ledger": _ledger_schema,
    }
    click.echo(json.dumps(printers[what](), indent=2))


def _attestation_schema() -> object:
    from mlgate.attestation import STATEMENT_SCHEMA

    return STATEMENT_SCHEMA


def _authorization_schema() -> object:
    from mlgate.attestation import AUTHORIZATION_SCHEMA

    return AUTHORIZATION_SCHEMA


def _approval_schema() -> object:
    from mlgate.attestation.schema import APPROVAL_SCHEMA

    return APPROVAL_SCHEMA


def _ledger_schema() -> object:
    from mlgate.ledger.entry import schema as entry_schema

    return entry_schema()


def _record_schema() -> object:
    from mlgate.results.record_json import record_schema

    return record_schema()


def _gate_schema() -> object:
    from mlgate import gatefile
    from mlgate.cli.folders import host_here

    return gatefile.schema(list(host_here(Path.cwd()).checks.values()))
