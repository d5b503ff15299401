"""`mlgate explain`: print the page of one check."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("check")
def explain(check: str) -> None:
    """Print the page of CHECK: what it measures, why, how to mend it, its options and default rule."""
    from mlgate.cli.folders import host_here
    from mlgate.cli.pages import page_of

    found = host_here(Path.cwd()).check(check)
    click.echo(page_of(found))
    if found.more is not None:
        click.echo(f"\n{found.more().rstrip()}")
