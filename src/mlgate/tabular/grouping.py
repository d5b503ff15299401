"""Columns as small codes: which slice each row is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlgate.errors import DataError
from mlgate.tabular.tabulate import BLOCK_ROWS, blocks

if TYPE_CHECKING:
    import polars as pl

MOST_SLICES = 5_000
_SLOTS = 1 << 16
_TOP = np.uint64(48)


@dataclass(frozen=True, slots=True)
class Groups:
    """One code per row; `keys` name the group of every code, column by column, in the order of the codes."""

    codes: NDArray[Any]
    keys: tuple[Mapping[str, str], ...]

    @property
    def count(self) -> int:
        return len(self.keys)


def group_by_column(values: pl.Series) -> Groups:
    """The rows by the values of one column; null is a value of its own, named "null".

    Raises `DataError` where the column has more values than anybody can look at.
    """
    hashes: NDArray[np.uint64] = values.hash(seed=0).to_numpy()
    codes, firsts = _codes(hashes, values.name)
    named = ["null" if value is None else str(value) for value in values.gather(firsts).to_list()]
    order = np.array(sorted(range(len(named)), key=lambda code: _sortable(values[int(firsts[code])])), dtype=np.intp)
    place = np.empty(len(named), dtype=_width(len(named)))
    place[order] = np.arange(len(named))
    return Groups(place[codes], tuple({values.name: named[code]} for code in order))


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
        place = np.zeros(len(rows), dtype=_width(len(used)))
        place[used] = np.arange(len(used))
        keys = tuple({**whole.keys[pair // part.count], **part.keys[pair % part.count]} for pair in used.tolist())
        whole = Groups(place[pairs], keys)
    return whole


def _codes(hashes: NDArray[np.uint64], name: str) -> tuple[NDArray[np.uint16], NDArray[np.intp]]:
    """A code for every hash, and the first row of every code.

    A value is looked up by the first 16 bits of its hash; the few that share them with another are searched for.
    """
    codes = np.empty(len(hashes), dtype=np.uint16)
    owner, code_of = np.zeros(_SLOTS, dtype=np.uint64), np.zeros(_SLOTS, dtype=np.uint16)
    known: dict[int, int] = {}
    firsts: list[int] = []
    for part in blocks(len(hashes), BLOCK_ROWS):
        block = hashes[part]
        slots = (block >> _TOP).astype(np.uint16)
        codes[part] = code_of[slots]
        strange = np.flatnonzero(owner[slots] != block)
        if not len(strange):
            continue
        values, rows, back = np.unique(block[strange], return_index=True, return_inverse=True)
        for value, row in zip(values.tolist(), strange[rows].tolist(), strict=True):
            if value not in known:
                slot = value >> 48
                if not owner[slot]:
                    owner[slot], code_of[slot] = value, len(known)
                known[value] = len(known)
                firsts.append(part.start + row)
        _check_few(known, name)
        codes[part][strange] = np.array([known[value] for value in values.tolist()], dtype=np.uint16)[back]
    return codes, np.array(firsts, dtype=np.intp)


def _check_few(known: Mapping[int, int], name: str) -> None:
    if len(known) > MOST_SLICES:
        raise DataError(
            f"The column {name!r} has more than {MOST_SLICES} values, too many for slices.",
            hint="Put its values into bands first.",
        )


def _width(count: int) -> type[np.uint8] | type[np.uint16]:
    return np.uint8 if count <= 1 << 8 else np.uint16


def _sortable(value: object) -> tuple[bool, float, str]:
    """Numbers by size, text by its letters, null last."""
    number = float(value) if isinstance(value, int | float) else 0.0
    return value is None, number, str(value)


def _columns(groups: Groups) -> str:
    return " x ".join(groups.keys[0])
