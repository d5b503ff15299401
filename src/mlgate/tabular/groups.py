"""Groups of people: rows by the values of sensitive columns, and every sum that fairness is measured from.

Rows are coded once, by all columns crossed. Sums over coarser groups (one column, a pair) are sums of these sums.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlgate.errors import DataError
from mlgate.tabular.bands import MOST_BANDS, group_by_bands
from mlgate.tabular.grouping import Groups, group_by_column, joined, width
from mlgate.tabular.tabulate import Axis, Numbers, blocks, tabulate

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular.columns import Columns
    from mlgate.tabular.partition import Slices
    from mlgate.tabular.sampling import Sampling
    from mlgate.tabular.side import SideFile
    from mlgate.tabular.table import Table

Keys = tuple[Mapping[str, str], ...]
MOST_VALUES = 200
MOST_GROUPS = 1_000
_SPREAD_OUT = 20
"""A number with more values than this is a quantity, and needs bands."""


@dataclass(frozen=True, slots=True)
class GroupSums:
    """Sums over the rows of every group; the first axis is the group.

    `rows` are counts, `weight` and `square` sums of weights and of their squares, by group and cell. Of a number per
    row, `first`, `cross` and `second` are sums of w x, w^2 x and w^2 x^2 by group. `shards` are the weighted sums by
    shard and group (of entities; None where rows are independent): of cells, or of (1, x) for a number.
    """

    keys: Keys
    rows: Numbers
    weight: Numbers
    square: Numbers
    shards: Numbers | None = None
    first: Numbers | None = None
    cross: Numbers | None = None
    second: Numbers | None = None

    def merged(self, place: NDArray[np.intp], keys: Keys) -> GroupSums:
        """The sums over coarser groups: group i becomes a part of `place[i]`."""

        def added(sums: Numbers, axis: int = 0) -> Numbers:
            shape = list(sums.shape)
            shape[axis] = len(keys)
            total = np.zeros(shape)
            for group, into in enumerate(place.tolist()):
                total[(slice(None),) * axis + (into,)] += sums[(slice(None),) * axis + (group,)]
            return total

        return GroupSums(
            keys,
            rows=added(self.rows),
            weight=added(self.weight),
            square=added(self.square),
            shards=None if self.shards is None else added(self.shards, 1),
            first=None if self.first is None else added(self.first),
            cross=None if self.cross is None else added(self.cross),
            second=None if self.second is None else added(self.second),
        )


@dataclass(frozen=True, slots=True)
class _Coding:
    """All columns crossed: the group of every row, and the value of every column in every group."""

    columns: tuple[str, ...]
    codes: NDArray[Any]
    values: NDArray[np.intp]
    names: tuple[Groups, ...]

    def part(self, columns: Sequence[str]) -> tuple[NDArray[np.intp], Keys]:
        """The coarser group of every group, and the names of these, in the order of the columns' values."""
        chosen = [self.columns.index(column) for column in columns]
        found, place = np.unique(self.values[:, chosen], axis=0, return_inverse=True)
        keys = tuple(
            {
                key: name
                for each, code in zip(chosen, row, strict=True)
                for key, name in self.names[each].keys[code].items()
            }
            for row in found.tolist()
        )
        return place.reshape(-1), keys


class SensitiveGroups:
    """The rows of a scored table by its sensitive columns. Every column and every sum of weights is made once.

    `slices` have the codes of the table's columns, or make them: a column that is a slice too is coded once for both.
    Raises `DataError` for a column that is missing, the same in every row, or of more values than can be groups.
    """

    def __init__(
        self, table: Table, columns: Columns, sampling: Sampling, side: SideFile | None, slices: Slices
    ) -> None:
        self._table = table
        self._side = side
        self._slices = slices
        self._columns = columns
        self._sampling = sampling
        self._by_column: dict[str, Groups] = {}
        self._codings: dict[tuple[str, ...], _Coding] = {}
        self._masses: dict[tuple[str, ...], tuple[Numbers, Numbers, Numbers]] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._columns.sensitive))

    def keys(self, columns: Sequence[str]) -> Keys:
        """The groups that occur, by column and value."""
        return self._coding(columns).part(columns)[1]

    def cells(self, columns: Sequence[str], *axes: Axis) -> GroupSums:
        """Rows by group and by any further codes (label, decision), at once for all of `columns` crossed."""
        coding = self._coding(columns)
        group = Axis(coding.codes, len(coding.values))
        sampling = self._sampling
        rows = tabulate([group, *axes])
        weight, square = rows, rows
        if sampling.weight is not None:
            weight = tabulate([group, *axes], sampling.weight)
            square = tabulate([group, *axes], np.square(sampling.weight))
        shards = None
        if sampling.shard is not None:
            shards = tabulate([Axis(sampling.shard, sampling.shards), group, *axes], sampling.weight)
        return GroupSums(self.keys(coding.columns), rows, weight, square, shards)

    def unsharded(self, columns: Sequence[str], *axes: Axis) -> GroupSums:
        """`cells` without the sums by shard, which are too many where an axis is long."""
        return SensitiveGroups.cells(self._independent(), columns, *axes)

    def numbers(self, columns: Sequence[str], values: Numbers) -> GroupSums:
        """Sums of one number per row by group, and what their scatter takes."""
        coding, sampling = self._coding(columns), self._sampling
        group = [Axis(coding.codes, len(coding.values))]
        rows, weight, square = self._mass(coding)
        weighted = values if sampling.weight is None else values * sampling.weight
        first = tabulate(group, weighted)
        cross = first if sampling.weight is None else tabulate(group, weighted * sampling.weight)
        shards = None
        if sampling.shard is not None:
            by_shard = [Axis(sampling.shard, sampling.shards), *group]
            shards = np.stack([tabulate(by_shard, sampling.weight), tabulate(by_shard, weighted)], axis=-1)
        second = tabulate(group, np.square(weighted))
        return GroupSums(self.keys(coding.columns), rows, weight, square, shards, first, cross, second)

    def shard_sums(self, columns: Sequence[str], part: Sequence[str], table: Numbers, *axes: Axis) -> Numbers | None:
        """Weighted sums of `table[group, *codes]` over the rows, by shard and group of `part`; None without shards."""
        coding, sampling = self._coding(columns), self._sampling
        if sampling.shard is None:
            return None
        place, keys = coding.part(part)
        total = np.zeros((sampling.shards, len(keys)))
        for rows in blocks(len(coding.codes)):
            group = place[coding.codes[rows]]
            row = table[(group, *(axis.codes[rows] >> axis.shift for axis in axes))]
            weighted = row if sampling.weight is None else row * sampling.weight[rows]
            where = sampling.shard[rows].astype(np.intp) * len(keys) + group
            total += np.bincount(where, weighted, minlength=total.size).reshape(total.shape)
        return total

    def codes(self, columns: Sequence[str]) -> NDArray[Any]:
        """The group of every row by these columns, as its place among `keys`."""
        return self._coding(columns).codes

    def scatter(self, columns: Sequence[str], own: Sequence[Numbers], whole: Sequence[Numbers]) -> Numbers:
        """How estimates vary together, from what every row of weight 1 adds to them (their influences).

        `own[m]` is what the rows add to the estimate of their own group under model m, `whole[m]` to that of all rows.
        Models are stacked, each with its groups in the order of `keys` and all rows last; shape (estimates, estimates).
        """
        codes, count, weight = self.codes(columns), len(self.keys(columns)), self._sampling.weight
        if weight is not None:
            own, whole = ([each * weight for each in side] for side in (own, whole))
        if self._sampling.shard is not None:
            moved = self._by_shard(codes, count, own, whole)
            used = max(int(moved.any(axis=1).sum()), 2)
            found: Numbers = moved.T @ moved * (used / (used - 1))
            return found
        models, groups = range(len(own)), np.arange(count)
        apart = np.zeros((len(own), count + 1, len(own), count + 1))
        for one, other in product(models, models):
            apart[one, groups, other, groups] = np.bincount(codes, own[one] * own[other], count)
            shared = np.bincount(codes, own[one] * whole[other], count)
            apart[one, :-1, other, -1] = apart[other, -1, one, :-1] = shared
            apart[one, -1, other, -1] = whole[one] @ whole[other]
        return apart.reshape(len(own) * (count + 1), -1)

    def _by_shard(self, codes: NDArray[Any], count: int, own: Sequence[Numbers], whole: Sequence[Numbers]) -> Numbers:
        shard, shards = self._sampling.shard, self._sampling.shards
        assert shard is not None
        place = shard.astype(np.intp) * count + codes
        sums = []
        for each, every in zip(own, whole, strict=True):
            sums.append(np.bincount(place, each, shards * count).reshape(shards, count))
            sums.append(np.bincount(shard, every, shards)[:, None])
        return np.concatenate(sums, axis=1)

    def part(self, sums: GroupSums, columns: Sequence[str], part: Sequence[str]) -> GroupSums:
        """The sums of all `columns` crossed, over the groups of some of them."""
        return sums.merged(*self._coding(columns).part(part))

    @property
    def simple(self) -> bool:
        """Whether rows are independent and of equal weight."""
        return self._sampling.simple

    @property
    def worst_effect(self) -> float:
        """The design effect to assume where a group shows no variance at all."""
        return self._sampling.worst_effect

    @property
    def shards(self) -> int | None:
        """How many shards the entities are in; None where rows are independent."""
        return None if self._sampling.shard is None else self._sampling.shards

    def _independent(self) -> SensitiveGroups:
        apart = SensitiveGroups(
            self._table, self._columns, replace(self._sampling, shard=None), self._side, self._slices
        )
        apart._by_column, apart._codings = self._by_column, self._codings
        return apart

    def _mass(self, coding: _Coding) -> tuple[Numbers, Numbers, Numbers]:
        if coding.columns not in self._masses:
            group, weight = [Axis(coding.codes, len(coding.values))], self._sampling.weight
            rows = tabulate(group)
            weighted = (rows, rows) if weight is None else (tabulate(group, weight), tabulate(group, np.square(weight)))
            self._masses[coding.columns] = (rows, *weighted)
        return self._masses[coding.columns]

    def _coding(self, columns: Sequence[str]) -> _Coding:
        wanted = tuple(columns)
        if wanted not in self._codings:
            self._codings[wanted] = self._crossed(wanted)
        return self._codings[wanted]

    def _crossed(self, columns: tuple[str, ...]) -> _Coding:
        names = tuple(self._of(column) for column in columns)
        sizes = [groups.count for groups in names]
        if math.prod(sizes) > 1 << 22:
            raise _too_many(columns, math.prod(sizes))
        counts = tabulate([Axis(groups.codes, groups.count) for groups in names])
        used = np.flatnonzero(counts)
        if len(used) > MOST_GROUPS:
            raise _too_many(columns, len(used))
        codes = joined(names, counts.size)
        if len(used) < counts.size:
            place = np.zeros(counts.size, dtype=width(len(used)))
            place[used] = np.arange(len(used))
            codes = place[codes]
        values = np.stack(np.unravel_index(used, sizes), axis=1)
        return _Coding(columns, codes, values, names)

    def _of(self, column: str) -> Groups:
        if column not in self._by_column:
            values = self.column(column)
            bands = self._columns.sensitive_bins.get(column)
            self._by_column[column] = (
                self._values(values) if bands is None else group_by_bands(values, bands, self._table.uri)
            )
        return self._by_column[column]

    def by(self, column: str) -> Groups:
        """The group of every row, by one column alone."""
        return self._of(column)

    def column(self, name: str) -> pl.Series:
        """The values of a sensitive column, one per row, from the table or from its side file."""
        if self._side is not None and self._beside(name):
            return self._side.column(name)
        self._table.require(name)
        return self._table.collect([name]).to_series()

    def _beside(self, column: str) -> bool:
        return self._side is not None and self._side.holds(column)

    def _values(self, values: pl.Series) -> Groups:
        """Every value a group. What the values are is not told where they are too many to be groups."""
        many = _SPREAD_OUT if values.dtype.is_numeric() else MOST_VALUES
        distinct = values.n_unique() if values.dtype.is_numeric() or len(values) <= 1 << 17 else 0
        if distinct <= many:
            groups = group_by_column(values) if self._beside(values.name) else self._slices.groups(values.name)
            if groups.count <= many:
                return _at_least_two(groups, values.name, self._table.uri)
            distinct = groups.count
        said = (
            f"The sensitive column {values.name!r} of {self._table.uri} has {distinct:,} values, too many for groups."
        )
        if not values.dtype.is_numeric():
            raise DataError(said, hint="Put them into fewer groups in a column of its own, and list that one.")
        raise DataError(
            said,
            hint=f"Put them into bands under [data]: sensitive_bins = {{ {values.name} = 4 }} makes four of equal size "
            f"(up to {MOST_BANDS}), and a list of numbers names the edges.",
        )


def _at_least_two(groups: Groups, name: str, uri: str) -> Groups:
    if groups.count < 2:
        raise DataError(
            f"The sensitive column {name!r} of {uri} is the same in every row: there is one group, and none to compare "
            "it with.",
            hint="Judge on rows of more than one group, or take the column out of `sensitive`.",
        )
    return groups


def _too_many(columns: Sequence[str], count: int) -> DataError:
    return DataError(
        f"The sensitive columns {' x '.join(columns)} make {count:,} groups where they are crossed, and "
        f"{MOST_GROUPS:,} can be judged.",
        hint='Set intersections = "pairs" or "none" under the check, or put a column into fewer groups.',
    )
