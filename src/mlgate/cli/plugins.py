"""`mlgate plugins`: list the plugins and what they bring."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
def plugins() -> None:
    """List the plugins and what they bring."""
    from mlgate.cli.folders import host_here

    host = host_here(Path.cwd())
    for plugin in host.plugins:
        brings = f"{len(plugin.checks)} checks" if plugin.checks else "no checks"
        click.echo(f"{plugin.name}  {plugin.distribution} {plugin.version}".rstrip() + f"  {brings}")
    click.echo(f"registries: {', '.join(host.registries) or 'none'}")
    click.echo(f"reports: {', '.join(host.reporters)}")
    models = [opener.accepts for opener in host.model_openers]
    tables = [opener.accepts for opener in host.table_openers]
    click.echo(f"opens models: {'; '.join(models)}")
    click.echo(f"opens tables: {'; '.join(tables)}")
