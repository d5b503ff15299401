"""Open the tables that a gate file or a test names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mlgate.errors import DataError
from mlgate.spec import TableOpener
from mlgate.tabular import Table


def open_table(source: object, openers: Sequence[TableOpener]) -> Table:
    """The table at a path or URI, or of a frame that pandas, polars, pyarrow or DuckDB made. Raises `DataError`."""
    if isinstance(source, Table):
        return source
    if isinstance(source, Path):
        source = str(source)
    if not isinstance(source, str):
        return Table.of(source)
    claiming = [opener for opener in openers if opener.claims(source)]
    if not claiming:
        accepted = "; ".join(opener.accepts for opener in openers)
        raise DataError(f"Nothing here opens the table {source!r}.", hint=f"A table is one of: {accepted}.")
    if len(claiming) > 1:
        names = " and ".join(f"{type(each).__module__}.{type(each).__qualname__}" for each in claiming)
        raise DataError(f"The table {source!r} is claimed by {names}.", hint="Uninstall one of their plugins.")
    return claiming[0].open(source)
