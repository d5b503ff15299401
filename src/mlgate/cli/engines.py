"""`mlgate engines`: the environments of programs that have pins of their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mlgate.engines.building import Environment
    from mlgate.host import Host

_MIB = 1 << 20


@click.group()
def engines() -> None:
    """List, build and prune the environments of isolated engines.

    An engine is a program that a plugin runs beside mlgate, under its own Python and its own pins. Its environment is
    built once, by uv or pip, in the user's cache (MLGATE_ENGINES names another folder), and used by every project.
    """


@engines.command("list")
def list_() -> None:
    """List the engines of the plugins that are installed, and whether they are built."""
    from mlgate.engines.housekeeping import standings
    from mlgate.engines.places import engines_folder

    found = standings(tuple(_host().engines.values()), engines_folder())
    if not found:
        click.echo("No installed plugin declares an engine. `pip install 'mlgate[deepchecks]'` brings one.")
    for standing in found:
        engine, built = standing.engine, standing.environment
        state = _told(built) if built is not None else f"not built; `mlgate engines build {engine.name}` does"
        click.echo(f"{engine.name}  {engine.about}  {len(engine.pins)} pins, Python {engine.python}")
        click.echo(f"  {state}")
        click.echo(f"  {standing.path}")


@engines.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--wheels",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of wheels to install from, without any index.",
)
def build(names: tuple[str, ...], wheels: Path | None) -> None:
    """Build the environments of the engines NAME (all of them, where none is named), where they are not built yet."""
    from mlgate.engines.asking import builder_here

    host, builder = _host(), builder_here(wheels)
    for engine in [host.engine(name) for name in names or host.engines]:
        environment = builder.ready(engine)
        click.echo(f"{engine.name}: {_told(environment)}{'' if environment.built else ', before'}")


@engines.command()
@click.option("--all", "everything", is_flag=True, help="Remove those that are in use, too.")
def prune(everything: bool) -> None:
    """Remove environments that no installed plugin declares any more, and what broken builds left."""
    from mlgate.engines.housekeeping import prune as remove
    from mlgate.engines.places import engines_folder

    gone = remove(engines_folder(), list(_host().engines.values()), everything=everything)
    for path in gone:
        click.echo(f"removed {path}")
    if not gone:
        click.echo("Nothing to remove.")


def _host() -> Host:
    from mlgate.cli.folders import host_here

    return host_here(Path.cwd())


def _told(environment: Environment) -> str:
    made = environment.manifest
    return f"built in {made.seconds:.0f} s on Python {made.python}, {made.bytes / _MIB:,.0f} MiB"
