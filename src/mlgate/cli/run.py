"""`mlgate run`: measure a model, decide, and leave a record."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mlgate.cli.options import gate_option, reports_option, trust_option


@click.command()
@click.option("--model", metavar="URI", help="The candidate: models:/name@alias, a file, or package.module:factory.")
@click.option("--champion", metavar="URI", help="What to compare with; default: the holder of the target alias.")
@click.option("--train", metavar="DATA", help="The training table: Parquet, CSV, JSON lines, or a glob.")
@click.option("--test", metavar="DATA", help="The table to judge on.")
@click.option("--label", metavar="COLUMN", help="The column that holds the truth.")
@click.option("--positive", metavar="VALUE", help="The label of the positive class.")
@click.option("--entity", metavar="COLUMN", help="Whose rows belong together (customer, patient).")
@click.option("--weight", metavar="COLUMN", help="How much each row counts.")
@click.option("--slice", "slices", metavar="COLUMN[,COLUMN]", multiple=True, help="Judge parts too; may be repeated.")
@click.option("--sensitive", metavar="COLUMN", multiple=True, help="Compare its groups; may be repeated.")
@click.option("--sensitive-file", metavar="DATA", help="The table that holds sensitive columns, by entity.")
@gate_option
@click.option("--checks", "only", metavar="PATTERNS", help="Only these, as 'performance.*,data.schema'.")
@click.option("--skip", metavar="PATTERNS", help="Not these.")
@reports_option
@click.option("--sign", "keys", metavar="KEY", multiple=True, help="Sign the verdict; a PEM file or env:NAME.")
@click.option("--export-rows", type=click.Path(path_type=Path), metavar="DIR", help="Write failing rows as Parquet.")
@trust_option
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Checks at a time.")
@click.option(
    "--time-budget", type=click.FloatRange(0, min_open=True), metavar="SECONDS", help="Start none after that."
)
@click.option("--resume", is_flag=True, help="Continue the last run, which was broken off.")
@click.option("--write-back/--no-write-back", default=True, help="Tell the registry the verdict.", show_default=True)
def run(
    *,
    model: str | None,
    champion: str | None,
    train: str | None,
    test: str | None,
    label: str | None,
    positive: str | None,
    entity: str | None,
    weight: str | None,
    slices: tuple[str, ...],
    sensitive: tuple[str, ...],
    sensitive_file: str | None,
    gate: Path | None,
    only: str | None,
    skip: str | None,
    reports: tuple[str, ...],
    keys: tuple[str, ...],
    export_rows: Path | None,
    trust: tuple[str, ...],
    jobs: int,
    time_budget: float | None,
    resume: bool,
    write_back: bool,
) -> int:
    """Measure a model, decide, and leave a record.

    Without options, everything comes from mlgate.toml; an option wins over the file.
    """
    from mlgate.cli.running import run_and_report
    from mlgate.gate import GateRequest

    named = {"train": train, "test": test, "sensitive": sensitive_file}
    request = GateRequest(
        model=model,
        champion=champion,
        tables={name: source for name, source in named.items() if source is not None},
        label=label,
        positive=positive,
        entity=entity,
        weight=weight,
        sensitive=sensitive,
        slices=tuple(_names(spec) for spec in slices),
        gate=gate,
        only=_names(only),
        skip=_names(skip),
        export_rows=export_rows,
        trust=trust,
        jobs=jobs,
        time_budget=time_budget,
        resume=resume,
        own_process=sys.stderr is sys.__stderr__,  # not called from within a program that has caught our words
    )
    return run_and_report(request, reports, keys=keys, write_back=write_back)


def _names(listed: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (listed or "").split(",") if name.strip())
