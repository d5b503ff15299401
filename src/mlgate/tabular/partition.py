"""Several columns as one code per row, so that one tally serves all of them, their crosses included."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate.errors import DataError
from mlgate.tabular.grouping import MOST_SLICES, Groups, Keys, cross, group_by_columns, joined, width
from mlgate.tabular.tabulate import Axis, Codes, Numbers, tabulate

if TYPE_CHECKING:
    from mlgate.tabular.table import Table

Spec = tuple[str, ...]
PIECE_ROWS = 1 << 18


class Partition:
    """Rows by several columns at once: the columns' codes are the digits of a row's code."""

    def __init__(self, parts: Mapping[Spec, Groups]) -> None:
        self.parts = parts
        self.sizes = tuple(groups.count for groups in parts.values())
        self.count = math.prod(self.sizes)
        self.codes: Codes = joined(list(parts.values()), self.count)

    @cached_property
    def rows(self) -> Numbers:
        """The rows of every code."""
        return tabulate([Axis(self.codes, self.count)])


class Split:
    """The slices of one spec within a partition: by one of its columns, or by several that are crossed.

    `keys` name the slices that have rows, in the order of the columns' values; `sizes` are their rows.
    """

    def __init__(self, partition: Partition, spec: Spec) -> None:
        self.partition = partition
        names = list(partition.parts)
        self._axes = (
            [names.index(spec)] if spec in names else [names.index((column,)) for column in dict.fromkeys(spec)]
        )
        self._groups = [list(partition.parts.values())[axis] for axis in self._axes]
        rows = self._by_combination(partition.rows)
        self._used = np.flatnonzero(rows)
        if len(self._used) > MOST_SLICES:
            raise DataError(f"{' x '.join(spec)} makes {len(self._used)} slices.")
        self.keys: tuple[Keys, ...] = tuple(self._key(place) for place in self._used.tolist())
        self.sizes: list[int] = rows[self._used].astype(int).tolist()

    @property
    def count(self) -> int:
        return len(self.keys)

    def of(self, cells: Numbers) -> Numbers:
        """A tally by the partition's codes (its first axis) as one by slice."""
        return self._by_combination(cells)[self._used]

    @cached_property
    def codes(self) -> Codes:
        """The slice of every row."""
        if len(self._groups) == 1:
            return self._groups[0].codes
        size = math.prod(groups.count for groups in self._groups)
        place = np.zeros(size, dtype=width(len(self._used)))
        place[self._used] = np.arange(len(self._used))
        codes: Codes = place[joined(self._groups, size)]
        return codes

    def rows_of(self, code: int) -> NDArray[np.intp]:
        """The rows of one slice, in the table's order."""
        order, ends = self._order
        return order[ends[code] : ends[code + 1]]

    def rows_without(self, code: int) -> NDArray[np.intp]:
        """The rows of all other slices, in the table's order."""
        return np.flatnonzero(self.codes != code)

    @cached_property
    def _order(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        ends = np.cumsum(np.bincount(self.codes, minlength=self.count))
        return np.argsort(self.codes, kind="stable"), np.concatenate([[0], ends])

    def _by_combination(self, cells: Numbers) -> Numbers:
        shaped = cells.reshape(*self.partition.sizes, *cells.shape[1:])
        others = tuple(axis for axis in range(len(self.partition.sizes)) if axis not in self._axes)
        own = np.moveaxis(shaped, self._axes, range(len(self._axes)))
        first = len(self._axes)
        kept: Numbers = own.sum(axis=tuple(range(first, first + len(others)))).reshape(-1, *cells.shape[1:])
        return kept

    def _key(self, place: int) -> Keys:
        key: dict[str, str] = {}
        sizes = [groups.count for groups in self._groups]
        for groups, code in zip(self._groups, np.unravel_index(place, sizes), strict=True):
            key |= groups.keys[int(code)]
        return key


class Slices:
    """Splits a table's rows by its columns. Declared slices share partitions, each of at most `room` combinations."""

    def __init__(self, table: Table, families: Iterable[Sequence[Spec]], room: int) -> None:
        self._table = table
        self._families = [list(family) for family in families]
        self._room = room
        self._columns: dict[str, Groups | DataError] = {}
        self._splits: dict[Spec, Split] = {}
        self._partitions: dict[int, list[Partition]] = {}

    def split(self, spec: Spec) -> Split:
        """Raises `DataError` where a column is missing, or where there are too many slices."""
        if spec not in self._splits:
            self._splits[spec] = Split(self._declared_with(spec) or self._alone(spec), spec)
        return self._splits[spec]

    def groups(self, column: str) -> Groups:
        """The rows by one column of the table, coded once. Raises `DataError` where it has too many values."""
        self._code([column])
        found = self._columns[column]
        if isinstance(found, DataError):
            raise found
        return found

    def first(self) -> Partition | None:
        """The partition of the first family's first slices; None where nothing is declared that can be split."""
        return next(iter(self._of_family(0)), None)

    def _declared_with(self, spec: Spec) -> Partition | None:
        for place, family in enumerate(self._families):
            if set(spec) <= _columns(family).keys():
                for partition in self._of_family(place):
                    if all((column,) in partition.parts for column in spec):
                        return partition
        return None

    def _of_family(self, place: int) -> list[Partition]:
        if place not in self._partitions:
            self._partitions[place] = self._together(self._families[place])
        return self._partitions[place]

    def _together(self, family: Sequence[Spec]) -> list[Partition]:
        """As many specs to a partition as fit. What can't be split is left out, to be refused when it is asked for."""
        packs: list[list[Spec]] = []
        self._code([column for column in _columns(family) if column in self._table.schema])
        for spec in family:
            try:
                fits = self._combinations([spec]) <= self._room
            except DataError:
                continue
            if fits and packs and self._combinations([*packs[-1], spec]) <= self._room:
                packs[-1].append(spec)
            elif fits:
                packs.append([spec])
        return [Partition({(column,): self.groups(column) for column in _columns(pack)}) for pack in packs]

    def _alone(self, spec: Spec) -> Partition:
        columns: dict[Spec, Groups] = {(column,): self.groups(column) for column in spec}
        if len(columns) == 1 or self._combinations([spec]) <= self._room:
            return Partition(columns)
        return Partition({spec: cross(list(columns.values()))})

    def _combinations(self, pack: Iterable[Spec]) -> int:
        return math.prod(self.groups(column).count for column in _columns(pack))

    def _code(self, columns: Iterable[str]) -> None:
        new = [column for column in columns if column not in self._columns]
        if new:
            self._columns |= group_by_columns(self._table.pieces(new, PIECE_ROWS), new)


def _columns(specs: Iterable[Spec]) -> Mapping[str, None]:
    """The columns of the specs, each once, in order."""
    return dict.fromkeys(column for spec in specs for column in spec)
