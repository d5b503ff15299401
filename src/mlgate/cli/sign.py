"""`mlgate sign`: sign the verdict of a record, in a job that opens no model."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli.options import gate_option


@click.command()
@click.argument("record", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--key", "keys", metavar="KEY", multiple=True, help="A PEM file or env:NAME; default: [promote] sign. Repeatable."
)
@click.option("--model", metavar="URI", help="Where the model's files are now; default: where the record says.")
@click.option("--out", type=click.Path(path_type=Path), help="Default: attestation.json beside the record.")
@gate_option
def sign(record: Path, keys: tuple[str, ...], model: str | None, out: Path | None, gate: Path | None) -> int:
    """Sign the verdict of RECORD: an in-toto statement that binds it to the bytes of model, data and gate file.

    The model's files are digested again and never opened. A denial is signed as one.
    """
    from mlgate.attestation import signing_key
    from mlgate.cli.records import read_record, record_file
    from mlgate.cli.signing import sign_record, stated_key

    file = record_file(record)
    signers = [signing_key(key) for key in keys or stated_key(gate)]
    written = sign_record(read_record(file), file.read_bytes(), signers, out or file.parent / "attestation.json", model)
    click.echo(f"attestation: {written}")
    return 0
