"""What can be asked of a table, and how an answer grows batch by batch.

A fact is a small frozen value, so that two checks that ask for the same fact get one answer. Its collector sees
every batch of the table once, in order; collectors share the batch, and their expressions run together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import polars as pl

    from mlgate_data.engine.batches import Batch

V_co = TypeVar("V_co", covariant=True)
Schema = Mapping[str, "pl.DataType"]


@dataclass(frozen=True, slots=True)
class Mask:
    """Rows that are to be counted: those where `condition` is true.

    `value_of` names the one text column that the condition looks at, row by row: then it may be computed on distinct
    values, which costs a tenth where a batch has few.
    """

    condition: pl.Expr
    value_of: str | None = None


class Collector(Protocol[V_co]):
    """The growing answer to one fact."""

    @property
    def expressions(self) -> Sequence[pl.Expr]:
        """Expressions that reduce a batch to one value each."""
        ...

    @property
    def masks(self) -> Sequence[Mask]:
        """Conditions whose rows are counted in each batch."""
        ...

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        """Take one batch: the `values` of its expressions and the `counts` of its masks, in their order."""
        ...

    @property
    def by_value(self) -> str | None:
        """The one text column of which distinct values with their counts, and the number of rows without a value,
        are all that it looks at (failing rows apart); None where it needs the rows."""
        ...

    def result(self) -> V_co:
        """The answer, after the last batch."""
        ...


class Fact(Protocol[V_co]):
    """A question about a table. Make it a frozen dataclass.

    A method `settled(footer, schema)` may answer it from a Parquet footer, without a look at the rows; None where that
    can't be.
    """

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that have to be read for it."""
        ...

    def collector(self, schema: Schema) -> Collector[V_co]: ...


class Collecting:
    """A base for collectors: no expressions and no masks unless they are set, and a need for rows."""

    by_value: str | None = None

    expressions: Sequence[pl.Expr] = ()
    masks: Sequence[Mask] = ()
