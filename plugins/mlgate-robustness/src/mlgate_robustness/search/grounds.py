"""The ground of a search, from the tables of a run: real rows of test, values seen in train."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate import CheckError
from mlgate_robustness.search.schemas import allowed_by
from mlgate_robustness.search.searching import Ground
from mlgate_robustness.search.seen import seen
from mlgate_robustness.search.signing import signed

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import Columns, Table
    from mlgate_robustness.search.asking import Predict

_SEEN_ROWS = 20_000


def ground(
    test: Table,
    train: Table | None,
    columns: Columns,
    predict: Predict,
    *,
    most_rows: int,
    may_change: Sequence[str] = (),
    schema: object | None = None,
) -> Ground:
    """At most `most_rows` rows of test, drawn at random (seed 0), and what train (else test) was seen to hold.

    What the model's signature says of a column counts above what was seen, and above both a pandera `schema`.
    `may_change` are the columns that a search may change, all features by default. Raises `CheckError` for one that
    the model does not read.
    """
    names = features(test, columns, predict)
    known(may_change, names)
    rows = drawn_rows(test, names, most_rows)
    held = seen(drawn_rows(train if train is not None else test, names, _SEEN_ROWS))
    moving = tuple(name for name in may_change or names if name in held)
    start = signed(predict.signature or (), Ground(rows, moving, held))
    return start if schema is None else allowed_by(schema, start)


def features(test: Table, columns: Columns, predict: Predict) -> tuple[str, ...]:
    """The columns that the model is given: those that it names, else all but label, weight and entity."""
    if predict.features is not None:
        return tuple(name for name in predict.features if name in test.schema)
    return tuple(name for name in test.columns if name not in (columns.label, columns.weight, columns.entity))


def known(asked: Sequence[str], names: Sequence[str]) -> None:
    """Raises `CheckError` for the first of `asked` that is none of the model's columns."""
    for name in asked:
        if name not in names:
            raise CheckError(f"the model reads no column {name!r}.", hint=f"It reads {', '.join(names)}.")


def drawn_rows(table: Table, names: Sequence[str], most: int) -> pl.DataFrame:
    """At most `most` rows, in the table's order, drawn at random (seed 0); the table is read in batches."""
    import polars as pl

    places = _drawn(table.rows, most)
    parts: list[pl.DataFrame] = []
    start = 0
    for batch in table.batches(names):
        here = places[(places >= start) & (places < start + batch.num_rows)] - start
        if len(here):
            parts.append(pl.DataFrame(batch)[here])
        start += batch.num_rows
    return pl.concat(parts, how="vertical_relaxed")


def _drawn(rows: int, most: int) -> NDArray[np.intp]:
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False))
