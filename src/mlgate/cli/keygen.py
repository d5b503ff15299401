"""`mlgate keygen`: make a key pair that signs verdicts."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default="mlgate-signing.pem")
@click.option("--scheme", type=click.Choice(["ed25519", "ecdsa"]), default="ed25519", show_default=True)
def keygen(path: Path, scheme: str) -> None:
    """Make a private key at PATH, for your eyes alone, and its public key beside it, at PATH.pub.

    It is encrypted where MLGATE_SIGNING_PASSPHRASE is set. No file is overwritten.
    """
    from mlgate.attestation import Scheme, generate

    public = generate(path, Scheme(scheme))
    click.echo(f"private key: {path} (keep it where only the job that signs can read it)")
    click.echo(f"public key:  {public} (give it to whoever verifies)")
