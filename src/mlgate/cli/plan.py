"""`mlgate plan`: say what a test set can show, before there is any model."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli.options import gate_option


@click.command()
@click.option("--test", metavar="DATA", help="The table that will judge.")
@click.option("--label", metavar="COLUMN", help="The column that holds the truth.")
@click.option("--positive", metavar="VALUE", help="The label of the positive class.")
@click.option("--entity", metavar="COLUMN", help="Whose rows belong together.")
@gate_option
def plan(test: str | None, label: str | None, positive: str | None, entity: str | None, gate: Path | None) -> int:
    """Say, per rule, what drop this test set can detect, and how many rows its margin needs."""
    from mlgate.cli.planning import print_plan
    from mlgate.gate import GateRequest

    tables: dict[str, object] = {"test": test} if test is not None else {}
    return print_plan(GateRequest(tables=tables, label=label, positive=positive, entity=entity, gate=gate))
