"""`data.roles`: columns that are named for a role, and stand in no table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlgate import Finding, Location, Measurement, NotApplicable, Severity
from mlgate_data.engine.data import Data, data_check
from mlgate_data.engine.steps import Steps
from mlgate_data.schema.claims_table import with_nearest

if TYPE_CHECKING:
    from mlgate.tabular import Columns, Table


@data_check("data.roles", default={"no_findings": True})
def roles(data: Data, sensitive: Table | None = None) -> Steps:
    """Columns named as `entity`, `time`, `weight`, `slices` or `sensitive` that no table has.

    They are looked for in the training table and the test table, sensitive ones in the side file too. A misspelt slice
    would be judged by nobody, and a misspelt entity leaves the leaks of entities unseen. The finding names the line of
    the gate file, and the columns whose names are nearest.

    ## What to do
    Spell the column as the table does: `[data]` of the gate file, or the options of the command line, name it.
    """
    tables = [scan.table for scan in data.tables()]
    named = tuple(data.columns.roles)
    if not named:
        raise NotApplicable("no column is named for a role.", hint="Name them under [data], as `entity` or `slices`.")
    beside = [] if sensitive is None else [sensitive]
    found = tuple(
        finding
        for role, column in named
        for finding in _lacking(data.columns, role, column, [*tables, *(beside if role == "sensitive" else [])])
    )
    yield ()
    return Measurement(Measurement.exact(len(found), n=len(named)).estimate, findings=found)


def _lacking(columns: Columns, role: str, column: str, tables: list[Table]) -> Iterator[Finding]:
    if any(column in table.schema for table in tables):
        return
    name = with_nearest(column, dict.fromkeys(name for table in tables for name in table.columns))
    message = f"`{role}` names {name}, which is no column of {' or '.join(table.uri for table in tables)}."
    file, _, line = columns.stated.get((role, column), "").rpartition(":")
    place = Location(file, int(line)) if file else None
    yield Finding(message, Severity.HIGH, place, {"role": role, "column": column})
