"""Columns as small codes: which slice each row is in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlgate.errors import DataError
from mlgate.tabular.tabulate import blocks

if TYPE_CHECKING:
    import polars as pl

Keys = Mapping[str, str]
MOST_SLICES = 5_000
_SLOTS = 1 << 16
_TOP = np.uint64(48)


@dataclass(frozen=True, slots=True)
class Groups:
    """One code per row; `keys` name the group of every code, column by column, in the order of the codes."""

    codes: NDArray[Any]
    keys: tuple[Keys, ...]

    @property
    def count(self) -> int:
        return len(self.keys)


def group_by_columns(pieces: Iterable[pl.DataFrame], names: Sequence[str]) -> dict[str, Groups | DataError]:
    """The rows by the values of each column; null is a value of its own, named "null".

    In place of a column that has more values than anybody can look at stands the error that says so.
    """
    import polars as pl

    coders = {name: _Coder(name) for name in names}
    for piece in pieces:
        hashes = piece.select(pl.col(*names).hash(seed=0))
        for name, coder in coders.items():
            coder.add(piece[name], hashes[name].to_numpy())
    return {name: coder.refused or coder.groups() for name, coder in coders.items()}


def group_by_column(values: pl.Series) -> Groups:
    """The rows by the values of one column. Raises `DataError` where it has more than anybody can look at."""
    found = group_by_columns([values.to_frame()], [values.name])[values.name]
    if isinstance(found, DataError):
        raise found
    return found


def joined(parts: Sequence[Groups], count: int) -> NDArray[Any]:
    """The codes of several columns as digits of one number, the first column's digit in front."""
    if len(parts) == 1:
        return parts[0].codes
    kind = width(count + 1)
    codes: NDArray[Any] = np.empty(len(parts[0].codes), dtype=kind)
    for part in blocks(len(codes)):
        own = codes[part]
        own[:] = parts[0].codes[part]
        for groups in parts[1:]:
            own *= kind(groups.count)
            own += groups.codes[part].astype(kind, copy=False)
    return codes


def cross(parts: Sequence[Groups]) -> Groups:
    """The rows by every combination of values that occurs. Raises `DataError` where there are too many."""
    whole = parts[0]
    for part in parts[1:]:
        if whole.count * part.count > _SLOTS * 16:
            raise DataError(f"{_columns(whole)} crossed with {_columns(part)} makes too many slices.")
        pairs = whole.codes.astype(np.uint32) * np.uint32(part.count) + part.codes
        rows = np.bincount(pairs, minlength=whole.count * part.count)
        used = np.flatnonzero(rows)
        if len(used) > MOST_SLICES:
            raise DataError(f"{_columns(whole)} crossed with {_columns(part)} makes {len(used)} slices.")
        place = np.zeros(len(rows), dtype=width(len(used)))
        place[used] = np.arange(len(used))
        keys = tuple({**whole.keys[pair // part.count], **part.keys[pair % part.count]} for pair in used.tolist())
        whole = Groups(place[pairs], keys)
    return whole


class _Coder:
    """Gives every value of a column a code, by its hash.

    A hash is looked up by its first 16 bits; the few that share them with another are searched for.
    """

    def __init__(self, name: str) -> None:
        self.refused: DataError | None = None
        self._name = name
        self._owner = ~(np.arange(_SLOTS, dtype=np.uint64) << _TOP)  # free: a hash of another slot
        self._code_of = np.zeros(_SLOTS, dtype=np.uint16)
        self._known: dict[int, int] = {}
        self._values: list[object] = []
        self._codes: list[NDArray[Any]] = []

    def add(self, values: pl.Series, hashes: NDArray[np.uint64]) -> None:
        """The next rows of the column."""
        for part in blocks(len(hashes)):
            if self.refused is None:
                self._add(hashes[part], values, part.start)

    def groups(self) -> Groups:
        """Every row's group; groups are in the order of their values."""
        codes = np.concatenate(self._codes)
        order = sorted(range(len(self._values)), key=lambda code: _sortable(self._values[code]))
        if order != list(range(len(order))):
            place = np.empty(len(order), dtype=width(len(order)))
            place[order] = np.arange(len(order))
            codes = place[codes]
        named = ["null" if value is None else str(value) for value in self._values]
        return Groups(codes, tuple({self._name: named[code]} for code in order))

    def _add(self, block: NDArray[np.uint64], values: pl.Series, start: int) -> None:
        slots = (block >> _TOP).astype(np.intp)
        codes = self._code_of.take(slots)
        strange = np.flatnonzero(self._owner.take(slots) != block)
        if len(strange):
            distinct, firsts, back = np.unique(block[strange], return_index=True, return_inverse=True)
            new = [place for place, value in enumerate(distinct.tolist()) if value not in self._known]
            if len(self._known) + len(new) > MOST_SLICES:
                self.refused = _too_many(self._name)
                return
            met = [(values[start + int(strange[firsts[place]])], int(distinct[place])) for place in new]
            for value, hashed in sorted(met, key=lambda pair: _sortable(pair[0])):
                self._learn(hashed, value)
            codes[strange] = np.array([self._known[value] for value in distinct.tolist()], dtype=np.uint16)[back]
        self._codes.append(codes.astype(width(len(self._known)), copy=False))

    def _learn(self, hashed: int, value: object) -> None:
        slot = hashed >> 48
        if self._owner[slot] >> _TOP != slot:
            self._owner[slot], self._code_of[slot] = hashed, len(self._known)
        self._known[hashed] = len(self._known)
        self._values.append(value)


def _too_many(name: str) -> DataError:
    return DataError(
        f"The column {name!r} has more than {MOST_SLICES} values, too many for slices.",
        hint="Put its values into bands first.",
    )


def width(count: int) -> type[np.uint8] | type[np.uint16] | type[np.uint32]:
    """The smallest kind of code that tells `count` groups apart."""
    return np.uint8 if count <= 1 << 8 else np.uint16 if count <= 1 << 16 else np.uint32


def _sortable(value: object) -> tuple[bool, float, str]:
    """Numbers by size, text by its letters, null last."""
    number = float(value) if isinstance(value, int | float) else 0.0
    return value is None, number, str(value)


def _columns(groups: Groups) -> str:
    return " x ".join(groups.keys[0])
