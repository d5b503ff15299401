"""Print a plan."""

from __future__ import annotations

import click

from mlgate.gate.planning import look_ahead
from mlgate.gate.request import GateRequest
from mlgate.reports.terminal import harmless


def print_plan(request: GateRequest) -> int:
    """One paragraph per rule that the test table can say something about."""
    outlook = look_ahead(request)
    facts = outlook.facts
    classes = f", {' and '.join(f'{count:,}' for count in facts.class_counts)} per class" if facts.class_counts else ""
    entities = f" of {facts.entities:,} entities" if facts.entities is not None else ""
    click.echo(f"{facts.task}, {facts.rows:,} rows{entities}{classes}; confidence {outlook.confidence:g}")
    for line in outlook.lines:
        click.echo(f"\n{line.check}\n  {harmless(line.statement)}")
    if not outlook.lines:
        click.echo("\nNo installed check can say anything before there is a model.")
    return 0
