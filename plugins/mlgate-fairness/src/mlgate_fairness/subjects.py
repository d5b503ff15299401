"""Who is compared: the groups of every sensitive column and of columns crossed, and which are large enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from mlgate import NotApplicable, TooSmall

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlgate.tabular import ScoredTable
    from mlgate_fairness.values import GroupValues

Intersections = Literal["all", "pairs", "none"]
Method = Literal["between_groups", "to_overall"]
MIN_ROWS, MIN_SUPPORT = 50, 30


@dataclass(frozen=True, slots=True)
class Sizes:
    """The rows a group needs to be judged: in all, and in the denominator of the metric."""

    rows: int = MIN_ROWS
    support: int = MIN_SUPPORT

    def judged(self, values: GroupValues) -> NDArray[np.bool_]:
        """Which groups are large enough, and have a value at all."""
        enough = (values.rows >= self.rows) & (values.support >= self.support) & values.defined
        return enough[:-1]

    def small(self, values: GroupValues, part: str) -> Iterator[TooSmall]:
        """The groups that are not, each with why and the further rows that it needs."""
        judged = self.judged(values)
        for place, keys in enumerate(values.keys):
            if not judged[place]:
                rows, support = round(float(values.rows[place])), round(float(values.support[place]))
                yield TooSmall(named(keys), self._why(rows, support, values.metric), self._needed(rows, support), part)

    def _why(self, rows: int, support: int, metric: str) -> str:
        if support == 0:
            return f"has no {metric}: none of its {_count(rows)} is in the denominator"
        if rows < self.rows:
            return f"has {_count(rows)}, and a group needs {self.rows} to be judged"
        return (
            f"has {_count(support)} in the denominator of its {metric}, and a group needs {self.support} to be judged"
        )

    def _needed(self, rows: int, support: int) -> int | None:
        if support == 0:
            return None
        return max(1, self.rows - rows, -(-(self.support - support) * rows // support))


def declared(scored: ScoredTable) -> tuple[str, ...]:
    """The sensitive columns. Raises `NotApplicable` where there is none."""
    if not scored.groups.columns:
        raise NotApplicable(
            "No sensitive columns are declared.", hint="Name them with `sensitive` under [data] to compare groups."
        )
    return scored.groups.columns


def specs(scored: ScoredTable, intersections: Intersections) -> tuple[tuple[str, ...], ...]:
    """The columns to group by: each alone, pairs, all crossed. Raises `NotApplicable` where none is sensitive."""
    columns = declared(scored)
    found: list[tuple[str, ...]] = [(column,) for column in columns]
    if intersections != "none":
        found += list(combinations(columns, 2))
    if intersections == "all" and len(columns) > 2:
        found.append(columns)
    return tuple(found)


Specs = tuple[tuple[str, ...], ...]


def tallied(scored: ScoredTable, wanted: Specs) -> Iterator[tuple[tuple[str, ...], Specs]]:
    """The columns of each tally, and the specs that are read off it: one tally for all, where all are crossed."""
    columns = scored.groups.columns
    if columns in wanted:
        yield columns, wanted
    else:
        yield from ((spec, (spec,)) for spec in wanted)


def part_name(spec: tuple[str, ...]) -> str:
    """How rules and reports call the groups of these columns: `sex`, `sex x race`."""
    return " x ".join(spec)


def named(keys: Mapping[str, str]) -> str:
    """A group by its columns and values: `sex=female, race=White`."""
    return ", ".join(f"{column}={value}" for column, value in keys.items())


def _count(rows: int) -> str:
    return f"{rows:,} row" if rows == 1 else f"{rows:,} rows"
