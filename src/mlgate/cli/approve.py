"""`mlgate approve`: sign a verdict, so that it may promote."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli.options import gate_option


@click.command()
@click.argument("model", metavar="URI")
@click.option("--to", "alias", metavar="ALIAS", help="The alias that it is for; default: [promote] alias.")
@click.option("--key", metavar="KEY", required=True, help="Your private key: a PEM file or env:NAME.")
@click.option("--comment", help="Signed with it, and shown in the history.")
@gate_option
def approve(model: str, alias: str | None, key: str, comment: str | None, gate: Path | None) -> int:
    """Approve of the verdict on the version at URI: sign its digest, and leave the signature in the registry.

    It counts if your public key stands under [promote] keys and the promotion is not your own. A new verdict needs new
    approvals.
    """
    from mlgate import promotion
    from mlgate.attestation import signing_key
    from mlgate.cli.registered import desk, printable

    here = desk(gate)
    target = alias or here.gate.promote.alias
    record, digest = promotion.approve(
        model, target, signing_key(key), registry=here.host.registry(model), comment=comment
    )
    facts = record.facts
    champion = facts.champion.uri if facts.champion else "nobody"
    click.echo(printable(f"approved: {model} for {target}, judged at {facts.started} against {champion}"))
    click.echo(printable(f"verdict:  {'; '.join(record.verdict.reasons)}"))
    click.echo(f"approval: {digest}")
    return 0
