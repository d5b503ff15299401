"""Where a table's rows come from: a polars plan, or a relation of another engine behind narwhals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mlgate.errors import DataError
from mlgate.tabular.unreadable import unreadable

if TYPE_CHECKING:
    import narwhals as nw
    import polars as pl
    import pyarrow as pa


class FrameSource(Protocol):
    """What a table asks of whoever holds its rows."""

    def schema(self) -> Mapping[str, pl.DataType]: ...

    def rows(self) -> int: ...

    def lazy(self) -> nw.LazyFrame[Any]: ...

    def collect(self, columns: list[str]) -> pl.DataFrame: ...

    def pieces(self, columns: list[str], size: int) -> Iterator[pl.DataFrame]: ...

    def batches(self, columns: list[str], size: int) -> Iterator[pa.Table]: ...


@dataclass(frozen=True, slots=True)
class LazySource:
    """A polars plan, run by its streaming engine; `paths` are the local files that it reads, where it reads files."""

    frame: pl.LazyFrame
    uri: str
    paths: tuple[Path, ...] = ()

    def schema(self) -> Mapping[str, pl.DataType]:
        with reading(self.uri, self.paths):
            return dict(self.frame.collect_schema())

    def rows(self) -> int:
        import polars as pl

        with reading(self.uri, self.paths):
            return int(self.frame.select(pl.len()).collect(engine="streaming").item())

    def lazy(self) -> nw.LazyFrame[Any]:
        import narwhals as nw

        return nw.from_native(self.frame)

    def collect(self, columns: list[str]) -> pl.DataFrame:
        with reading(self.uri, self.paths):
            return self.frame.select(columns).collect(engine="streaming")

    def pieces(self, columns: list[str], size: int) -> Iterator[pl.DataFrame]:
        with reading(self.uri, self.paths):
            yield from self.frame.select(columns).collect_batches(chunk_size=size, maintain_order=True)

    def batches(self, columns: list[str], size: int) -> Iterator[pa.Table]:
        for chunk in self.pieces(columns, size):
            for part in chunk.iter_slices(size):
                yield part.to_arrow()


@dataclass(frozen=True, slots=True)
class RelationSource:
    """A lazy relation of another engine (DuckDB, PySpark, ibis). Its row order is the engine's own."""

    relation: nw.LazyFrame[Any]
    uri: str

    def schema(self) -> Mapping[str, pl.DataType]:
        with reading(self.uri, further=(Exception,)):  # every engine has errors of its own
            return dict(self.relation.collect_schema().to_polars())

    def rows(self) -> int:
        import narwhals as nw

        with reading(self.uri, further=(Exception,)):
            return int(self.relation.select(nw.len()).collect(backend="polars").item())

    def lazy(self) -> nw.LazyFrame[Any]:
        return self.relation

    def collect(self, columns: list[str]) -> pl.DataFrame:
        with reading(self.uri, further=(Exception,)):
            collected: pl.DataFrame = self.relation.select(columns).collect(backend="polars").to_native()
            return collected

    def pieces(self, columns: list[str], size: int) -> Iterator[pl.DataFrame]:
        yield self.collect(columns)

    def batches(self, columns: list[str], size: int) -> Iterator[pa.Table]:
        import pyarrow as pa

        with reading(self.uri, further=(Exception,)):
            selected = self.relation.select(columns).to_native()
            if hasattr(selected, "to_arrow_reader"):
                for batch in selected.to_arrow_reader(size):
                    yield pa.Table.from_batches([batch])
            else:
                yield from LazySource(self.collect(columns).lazy(), self.uri).batches(columns, size)


def source_of(frame: object, uri: str) -> FrameSource:
    """The rows of any frame that narwhals knows. Raises `DataError` for anything else."""
    import narwhals as nw
    import polars as pl

    if isinstance(frame, pl.LazyFrame):
        return LazySource(frame, uri)
    try:
        known = nw.from_native(frame)  # type: ignore[call-overload]
    except TypeError:
        raise DataError(
            f"A {type(frame).__name__} is not a table.",
            hint="Hand over a pandas, polars or pyarrow frame, a DuckDB relation, or the path of a file.",
        ) from None
    if isinstance(known, nw.LazyFrame):
        return RelationSource(known, uri)
    return LazySource(_eager(known, uri).lazy(), uri)


def _eager(frame: nw.DataFrame[Any], uri: str) -> pl.DataFrame:
    """The frame in polars. Raises `DataError` naming the column that can't be."""
    try:
        return frame.to_polars()
    except Exception as error:
        for name in frame.columns:
            try:
                frame.select(name).to_polars()
            except Exception:
                raise DataError(
                    f"{uri} can't be read: column {name!r} holds values of several types.",
                    hint="Convert it to one type, as with astype(str).",
                ) from error
        raise unreadable(uri, error) from error


def not_empty(source: FrameSource, uri: str) -> FrameSource:
    """The rows, of which there is one at least. Raises `DataError` where there is none."""
    if not source.schema() or source.rows() == 0:
        raise DataError(f"{uri} has no rows.", hint="A gate can't decide on an empty table.")
    return source


@contextmanager
def reading(uri: str, paths: Sequence[Path] = (), further: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Turn what an engine says of unreadable rows into a `DataError` that names the table, and a text file's row.

    `further` are errors of another engine's own.
    """
    import polars as pl
    import pyarrow as pa

    refusals = (pl.exceptions.PolarsError, pl.exceptions.PanicException, pa.ArrowException, OSError, ValueError)
    try:
        yield
    except DataError:
        raise
    except (*refusals, *further) as error:  # a panic, which damaged pages cause, is no `Exception`
        raise unreadable(uri, error, paths) from error
