"""`mlgate-profile`: keep what later tables are compared with, so that the training table need not be read again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlgate import DataError, MlgateError
from mlgate_data.drift.reading import COMPARED, Reading, read
from mlgate_data.drift.storing import TableEntry, write_profile
from mlgate_data.engine.kinds import kind_of
from mlgate_data.engine.scan import Scan

if TYPE_CHECKING:
    from mlgate.tabular import Table
    from mlgate_data.drift.held import Held


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("table")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help="The JSON file to write.")
@click.option("--weight", metavar="COLUMN", help="How much each row counts.")
def main(table: str, out: Path, weight: str | None) -> None:
    """Write the profile of TABLE (Parquet, CSV, JSON lines, or a glob).

    `reference = "FILE"` of data.drift and data.label_drift compares with it. It holds quantiles of numbers and the
    categories that 1% of the rows have.
    """
    from mlgate.tabular import Table

    try:
        size, left_out = save_profile(Table.scan(table), out, weight)
    except MlgateError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{out}: {size:,} bytes")
    if left_out:
        click.echo(f"left out, of more than 10,000 values or of another kind: {', '.join(left_out)}")


def save_profile(table: Table, out: Path, weight: str | None = None) -> tuple[int, tuple[str, ...]]:
    """Bytes written, and the columns that no profile can hold. Raises `DataError` or `CheckError`."""
    if weight is not None:
        table.require(weight)
    scan = Scan(table, "train")
    names = [name for name, dtype in scan.schema.items() if kind_of(dtype) in COMPARED and name != weight]
    held = _answered(scan, read(scan, names, weight))
    if not held:
        raise DataError(f"{table.uri} has no column that can be compared: numbers, text, true or false, or times.")
    written = write_profile(
        out,
        TableEntry(table.uri, table.digest, table.rows),
        weight,
        {name: str(dtype) for name, dtype in scan.schema.items()},
        {name: (kind_of(scan.schema[name]), each) for name, each in held.items()},
    )
    return written, tuple(name for name in scan.schema if name not in held and name != weight)


def _answered(scan: Scan, reading: Reading) -> dict[str, Held]:
    """Give a reading all that it asks for, to its end."""
    try:
        while True:
            scan.gather(fact for _, fact in next(reading))
    except StopIteration as stop:
        held: dict[str, Held] = stop.value
        return held
