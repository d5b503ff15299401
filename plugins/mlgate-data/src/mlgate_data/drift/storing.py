"""A table's profile in a file: what is needed to compare another table with it, in strict JSON."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import numpy as np

from mlgate import CheckError, __version__
from mlgate_data.drift.bins import Cuts, Kept, bins_of
from mlgate_data.drift.held import Categories, Held, Numbers
from mlgate_data.engine.kinds import Kind

SCHEMA: Literal["mlgate-profile/1"] = "mlgate-profile/1"
_LARGEST = 64 << 20
Rows = Annotated[float, msgspec.Meta(ge=0)]


class NumbersEntry(msgspec.Struct, frozen=True, tag="numbers", tag_field="held", forbid_unknown_fields=True):
    """Rows at each of `values`, rising; where these are ends of `cells`, rows up to it and above the one before."""

    kind: Kind
    values: list[float]
    counts: list[Rows]
    missing: Rows
    mean: float
    deviation: Rows
    centre: float
    cells: bool


class CategoriesEntry(msgspec.Struct, frozen=True, tag="categories", tag_field="held", forbid_unknown_fields=True):
    """Rows by category, for those that 1% of the rows have; the rest are `other`."""

    kind: Kind
    counts: dict[str, Rows]
    missing: Rows
    other: Rows


class TableEntry(msgspec.Struct, frozen=True):
    """The table that was profiled."""

    uri: str
    digest: str
    rows: Annotated[int, msgspec.Meta(ge=1)]


class ProfileEntry(msgspec.Struct, frozen=True, kw_only=True):
    """The file. `dtypes` are the columns' types as polars writes them; `weight` is the column of weights, if any."""

    schema: Literal["mlgate-profile/1"]
    mlgate: str
    table: TableEntry
    weight: str | None
    dtypes: dict[str, str]
    columns: dict[str, NumbersEntry | CategoriesEntry]


class Profile:
    """A stored profile, read."""

    def __init__(self, entry: ProfileEntry) -> None:
        self.table = entry.table
        self.weight = entry.weight
        self.dtypes: Mapping[str, str] = entry.dtypes
        self.kinds = {name: column.kind for name, column in entry.columns.items()}
        self.columns: Mapping[str, Held] = {name: _held(column) for name, column in entry.columns.items()}


def write_profile(
    path: Path,
    table: TableEntry,
    weight: str | None,
    dtypes: Mapping[str, str],
    columns: Mapping[str, tuple[Kind, Held]],
) -> int:
    """The number of bytes written. Raises `CheckError` where the file can't be."""
    entries = {name: _entry(kind, held) for name, (kind, held) in columns.items()}
    entry = ProfileEntry(
        schema=SCHEMA,
        mlgate=__version__,
        table=table,
        weight=weight,
        dtypes={name: dtypes[name] for name in entries},
        columns=entries,
    )
    text = msgspec.json.encode(entry)
    try:
        path.write_bytes(text)
    except OSError as error:
        raise CheckError(f"the profile {path} can't be written: {error.strerror}.") from error
    return len(text)


def read_profile(path: Path) -> Profile:
    """Raises `CheckError` where it can't be read, is no profile, or is one of another version."""
    try:
        if path.stat().st_size > _LARGEST:
            raise CheckError(f"{path} is larger than 64 MiB, which no profile is.")
        content = path.read_bytes()
    except OSError as error:
        raise CheckError(
            f"the profile {path} can't be read: {error.strerror}.", hint="`mlgate-profile TABLE --out FILE` writes one."
        ) from error
    try:
        entry = msgspec.json.decode(content, type=ProfileEntry)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CheckError(
            f"{path} is not a profile of this version ({SCHEMA}): {error}.",
            hint="Write it again with `mlgate-profile TABLE --out FILE`.",
        ) from error
    _refuse_senseless(entry, path)
    return Profile(entry)


def _refuse_senseless(entry: ProfileEntry, path: Path) -> None:
    for name, column in entry.columns.items():
        if name not in entry.dtypes or not _makes_sense(column):
            raise CheckError(
                f"the column {name!r} of the profile {path} holds numbers that no table gives.",
                hint="Write it again with `mlgate-profile TABLE --out FILE`.",
            )


def _makes_sense(column: NumbersEntry | CategoriesEntry) -> bool:
    if isinstance(column, CategoriesEntry):
        return sum(column.counts.values()) + column.other + column.missing > 0
    rising = all(low < high for low, high in pairwise(column.values))
    return rising and len(column.values) == len(column.counts) and sum(column.counts) + column.missing > 0


def _entry(kind: Kind, held: Held) -> NumbersEntry | CategoriesEntry:
    bins = bins_of(held)
    if isinstance(held, Categories):
        assert isinstance(bins, Kept)
        kept = held.merge(frozenset(bins.categories))
        return CategoriesEntry(kind, dict(kept.counts), kept.missing, kept.other)
    assert isinstance(bins, Cuts)
    merged = held.merge(bins.cuts)
    return NumbersEntry(
        kind=kind,
        values=merged.values.tolist(),
        counts=merged.counts.tolist(),
        missing=merged.missing,
        mean=merged.mean,
        deviation=merged.deviation,
        centre=merged.centre,
        cells=merged.merged,
    )


def _held(entry: NumbersEntry | CategoriesEntry) -> Held:
    if isinstance(entry, CategoriesEntry):
        return Categories(entry.counts, entry.missing, entry.other)
    values, counts = np.array(entry.values, dtype=np.float64), np.array(entry.counts, dtype=np.float64)
    return Numbers(values, counts, entry.missing, entry.mean, entry.deviation, entry.centre, entry.cells)
