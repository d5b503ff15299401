"""Claims about a table: which columns it has, in which order, and how many rows."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate import Severity
from mlgate_data.engine.facts import Fact, Schema
from mlgate_data.engine.scan import Scan
from mlgate_data.schema.claims import Breach, Plain
from mlgate_data.schema.claims_whole import between


@dataclass(frozen=True)
class _OfTable(Plain):
    """A claim that needs no column to be there, and no row to be read."""

    @property
    def columns(self) -> tuple[str, ...]:
        return ()

    def facts(self, schema: Schema) -> Iterable[Fact[Any]]:
        return ()


@dataclass(frozen=True)
class HasColumns(_OfTable):
    """The table has these columns."""

    names: tuple[str, ...]
    rule: str = "required"

    def breach(self, scan: Scan) -> Breach | None:
        missing = tuple(name for name in self.names if name not in scan.schema)
        if not missing:
            return None
        noun = "a column" if len(missing) == 1 else f"{len(missing)} columns"
        said = f"lacks {noun} that the schema names: {listed([with_nearest(name, scan.schema) for name in missing])}"
        return Breach(self.rule, missing, said, Severity.HIGH)


@dataclass(frozen=True)
class HasOnly(_OfTable):
    """The table has no columns but these."""

    names: tuple[str, ...]
    rule: str = "exact"

    def breach(self, scan: Scan) -> Breach | None:
        further = tuple(name for name in scan.schema if name not in self.names)
        if not further:
            return None
        noun = "a column" if len(further) == 1 else f"{len(further)} columns"
        said = f"has {noun} that the schema does not name: {listed([repr(name) for name in further])}"
        return Breach(self.rule, further, said)


@dataclass(frozen=True)
class InOrder(_OfTable):
    """Those of these columns that the table has stand in this order."""

    names: tuple[str, ...]
    rule: str = "ordered"

    def breach(self, scan: Scan) -> Breach | None:
        found = [name for name in scan.schema if name in self.names]
        wanted = [name for name in self.names if name in scan.schema]
        if found == wanted:
            return None
        first = next(place for place, name in enumerate(found) if name != wanted[place])
        said = f"has its columns in another order: {found[first]!r} stands where {wanted[first]!r} should"
        return Breach(self.rule, (wanted[first],), said)


@dataclass(frozen=True)
class RowCount(_OfTable):
    """The table has so many rows."""

    low: int | None = None
    high: int | None = None
    rule: str = "rows"

    def breach(self, scan: Scan) -> Breach | None:
        rows = scan.rows
        if (self.low is None or rows >= self.low) and (self.high is None or rows <= self.high):
            return None
        return Breach(self.rule, (), f"has {rows:,} rows, and should have {between(self.low, self.high)}")


@dataclass(frozen=True)
class ColumnCount(_OfTable):
    """The table has so many columns."""

    low: int | None = None
    high: int | None = None
    rule: str = "column_count"

    def breach(self, scan: Scan) -> Breach | None:
        count = len(scan.schema)
        if (self.low is None or count >= self.low) and (self.high is None or count <= self.high):
            return None
        return Breach(self.rule, (), f"has {count:,} columns, and should have {between(self.low, self.high)}")


def listed(items: Sequence[str], most: int = 20) -> str:
    """`a, b, c`, and how many more there are."""
    more = len(items) - most
    return ", ".join(items) if more <= 0 else f"{', '.join(items[:most])} and {more} more"


def with_nearest(name: str, known: Iterable[str]) -> str:
    """A missing name, with the known one that is most like it."""
    folded = {each.casefold(): each for each in known}
    near = difflib.get_close_matches(name.casefold(), folded, n=1)
    return f"{name!r} (nearest: {folded[near[0]]!r})" if near else repr(name)
