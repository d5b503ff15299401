"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

gate_option = click.option(
    "--gate", type=click.Path(path_type=Path), metavar="FILE", help="The gate file; default: mlgate.toml, from here up."
)
keys_option = click.option(
    "--key",
    "keys",
    metavar="KEY",
    multiple=True,
    help="What authorizes the move: a PEM file or env:NAME; default: [promote] sign. Repeatable.",
)
trust_option = click.option(
    "--trust-model",
    "trust",
    metavar="DIGEST",
    multiple=True,
    help="Open exactly this model, whatever is found in it; may be repeated.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="What moved, as JSON on one line.")
reports_option = click.option(
    "--report",
    "reports",
    metavar="FORMAT=PATH",
    multiple=True,
    help="Write csv, github, gitlab, html, json, junit, markdown, model-card, prometheus or sarif; may be repeated. "
    "github alone, without a path, writes to where GitHub Actions looks.",
)


def pages_option(*formats: str) -> Callable[[F], F]:
    """`--report FORMAT=PATH` of a command that draws what it tells in other formats too."""
    help = f"Write {' or '.join(formats)} too; may be repeated."
    return click.option("--report", "reports", metavar="FORMAT=PATH", multiple=True, help=help)


def stated_duration(option: str, text: str) -> timedelta:
    """`7d` or `12h`, as an option takes it."""
    from mlgate.gatefile.promoting import duration
    from mlgate.rules.units import UnitError

    try:
        return duration(text)
    except UnitError as error:
        raise click.UsageError(f"{option} takes a time, as 7d or 12h: {error}.") from error
