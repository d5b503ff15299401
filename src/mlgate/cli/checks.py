"""`mlgate checks`: list the checks that are installed."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("pattern", default="*")
def checks(pattern: str) -> None:
    """List the checks that are installed, or those that PATTERN (as 'performance.*') matches."""
    from mlgate.cli.folders import host_here
    from mlgate.runner import select

    host = host_here(Path.cwd())
    chosen = select(host.checks, only=() if pattern == "*" else (pattern,), listed=host.checks)
    if not chosen:
        click.echo("No checks are installed. `pip install 'mlgate[all]'` brings the usual families.")
    width = max((len(check.id) for check in chosen), default=0)
    for check in sorted(chosen, key=lambda check: check.id):
        click.echo(f"{check.id:<{width}}  {check.summary}")
