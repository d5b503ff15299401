"""A first schema from two snapshots: as wide as what is seen to vary between them, and no wider."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlgate_data.engine.counts import Missing, Tally
from mlgate_data.engine.facts import Fact
from mlgate_data.engine.kinds import Kind, kind_of, shared
from mlgate_data.engine.numbers import Extremes, Spread
from mlgate_data.engine.order import Repeated
from mlgate_data.engine.scan import Scan
from mlgate_data.schema.types import SAID, holds

if TYPE_CHECKING:
    from mlgate.tabular import Table

_FEW = 20
_FEWEST_ROWS = 100
_SURE = 4.0
"""Standard errors of a mean that a third snapshot may be off by."""
_SLACK = 0.1
"""How much of their range numbers may go beyond it, where the two snapshots do not differ by more."""
_MOST = 0.99
"""The share of rows that must keep a range or a list of values: the ends of a range are what varies most."""
_UNSEEN = 5.0
"""Rows that may well be there though none of a snapshot's was: with so many expected, none is seen in 1 of 150."""


def draft_schema(tables: Mapping[str, Table]) -> dict[str, object]:
    """Options for `data.schema` from the tables `train` and `test`; none where there are not two to compare.

    Types, gaps as often as seen and a little more, ranges and means widened by what they differ between the two, the
    values of columns that have few, and which columns are unique.
    """
    if not {"train", "test"} <= set(tables):
        return {}
    pair = Scan(tables["train"], "train"), Scan(tables["test"], "test")
    names = shared(pair[1].schema, pair[0].schema, Kind.NUMBER, Kind.TEXT, Kind.BOOLEAN, Kind.TIME)
    drafts = {name: _Draft(name, *pair) for name in names}
    for scan in pair:
        scan.gather(fact for draft in drafts.values() for fact in draft.facts(scan))
    return {"columns": {name: dict(draft.rules()) for name, draft in drafts.items()}}


@dataclass(frozen=True, slots=True)
class _Draft:
    """The rules of one column, from both tables."""

    name: str
    train: Scan
    test: Scan

    def facts(self, scan: Scan) -> Iterator[Fact[Any]]:
        yield Missing(self.name)
        yield Tally(self.name, _FEW)
        yield Repeated((self.name,))
        if kind_of(scan.schema[self.name]) is Kind.NUMBER:
            yield Extremes(self.name)
            yield Spread(self.name)

    def rules(self) -> Iterator[tuple[str, object]]:
        train, test = (scan.schema[self.name] for scan in (self.train, self.test))
        named = next((name for name in SAID if holds(train, (name,)) and holds(test, (name,))), None)
        if named is not None:
            yield "type", named
        yield from self._gaps()
        if kind_of(train) is not kind_of(test):
            return
        if kind_of(test) is Kind.NUMBER:
            yield from self._numbers()
        elif kind_of(test) is Kind.TEXT:
            yield from self._values()
        if self._is_key():
            yield "unique", True

    def _gaps(self) -> Iterator[tuple[str, object]]:
        shares = [scan[Missing(self.name)] / scan.rows for scan in (self.train, self.test)]
        unseen = _UNSEEN / (self.train.rows + self.test.rows)
        if not any(shares) and unseen < 0.001:
            yield "nullable", False
            return
        most = max(shares) + abs(shares[0] - shares[1]) + (0.02 if any(shares) else unseen)
        if most < 0.9:
            yield "nullable", {"value": False, "mostly": math.floor(100 * (1 - most)) / 100}

    def _numbers(self) -> Iterator[tuple[str, object]]:
        ends = [found for scan in (self.train, self.test) if (found := scan[Extremes(self.name)]) is not None]
        if len(ends) < 2 or not all(math.isfinite(end) for pair in ends for end in pair) or self._is_key():
            return
        lows, highs = [float(low) for low, _ in ends], [float(high) for _, high in ends]
        slack = _SLACK * (max(highs) - min(lows))
        low = min(lows) - max(slack, abs(lows[0] - lows[1]))
        high = max(highs) + max(slack, abs(highs[0] - highs[1]))
        low = 0.0 if min(lows) >= 0 > low else low
        whole = all(scan.schema[self.name].is_integer() for scan in (self.train, self.test))
        yield "min", {"value": _rounded(low, math.floor, whole), "mostly": _MOST}
        yield "max", {"value": _rounded(high, math.ceil, whole), "mostly": _MOST}
        yield from self._mean()

    def _mean(self) -> Iterator[tuple[str, object]]:
        moments = [found for scan in (self.train, self.test) if (found := scan[Spread(self.name)]) is not None]
        if min(each.n for each in moments) < _FEWEST_ROWS:
            return
        error = math.sqrt(max(each.variance for each in moments) / min(each.n for each in moments))
        means = [each.mean for each in moments]
        reach = _SURE * error + abs(means[0] - means[1])
        yield "mean", [_rounded(min(means) - reach, math.floor), _rounded(max(means) + reach, math.ceil)]

    def _values(self) -> Iterator[tuple[str, object]]:
        counts = [scan[Tally(self.name, _FEW)] for scan in (self.train, self.test)]
        if all(each.complete and each.of for each in counts):
            values = sorted({value for each in counts for value in each.of})
            yield "allowed", {"value": values, "mostly": _MOST}

    def _is_key(self) -> bool:
        """Whether no value stands twice, in either table, in a column that has one in every row."""
        return not self.test.schema[self.name].is_float() and all(
            scan.rows >= _FEWEST_ROWS and scan[Repeated((self.name,))].count == 0 and not scan[Missing(self.name)]
            for scan in (self.train, self.test)
        )


def _rounded(value: float, away: Any, whole: bool = False) -> float | int:
    """Three digits, away from the data, as people write bounds; no decimals for whole numbers."""
    if not value:
        return 0
    step = 10.0 ** (math.floor(math.log10(abs(value))) - 2)
    step = max(step, 1.0) if whole else step
    near = away(value / step) * step
    return int(near) if step >= 1 else round(near, max(0, -math.floor(math.log10(step))))
