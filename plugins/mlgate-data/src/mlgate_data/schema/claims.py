"""What a schema claims: each claim names the facts it needs, and says what is wrong once they are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from mlgate import Severity
from mlgate_data.engine.breaches import Breaches, Breaking, RowRule
from mlgate_data.engine.facts import Fact, Schema
from mlgate_data.engine.kinds import Kind, kind_of
from mlgate_data.engine.scan import Scan
from mlgate_data.engine.sql import names_in
from mlgate_data.schema import types
from mlgate_data.schema.rules import Readable, Whole


@dataclass(frozen=True, slots=True)
class Breach:
    """A broken claim: the rule's name, the columns, what is wrong in words, and the first failing rows."""

    rule: str
    columns: tuple[str, ...]
    said: str
    severity: Severity = Severity.MEDIUM
    breaches: Breaches | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


class Claim(Protocol):
    """One rule of a schema with its tolerance. Make it a frozen dataclass."""

    @property
    def rule(self) -> str:
        """The rule's name in the gate file."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that must be there for it."""
        ...

    def facts(self, schema: Schema) -> Iterable[Fact[Any]]: ...

    def more(self, scan: Scan) -> Iterable[Fact[Any]]:
        """Facts that are needed once the first ones show a breach: the failing rows."""
        ...

    def breach(self, scan: Scan) -> Breach | None: ...


@dataclass(frozen=True)
class Plain:
    """A claim that needs no second look."""

    def more(self, scan: Scan) -> Iterable[Fact[Any]]:
        return ()


@dataclass(frozen=True)
class Tolerance:
    """`mostly`: the least share of rows that must hold; `where`: the rows that are looked at."""

    mostly: float = 1.0
    where: str | None = None

    def excuses(self, count: int, of: int) -> bool:
        return of == 0 or (of - count) / of >= self.mostly - 1e-12


STRICT = Tolerance()


@dataclass(frozen=True)
class Rows(Plain):
    """Every row keeps a rule, or at least the share `mostly` of those that it speaks of."""

    about: RowRule
    tolerance: Tolerance = STRICT

    @property
    def rule(self) -> str:
        return self.about.name

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.about.columns, *names_in(self.tolerance.where))))

    def facts(self, schema: Schema) -> Iterable[Fact[Any]]:
        return (self._fact,)

    def found(self, scan: Scan) -> Breaches:
        """The rows that break the rule, whether the tolerance excuses them or not."""
        return scan[self._fact]

    def breach(self, scan: Scan) -> Breach | None:
        found = self.found(scan)
        if self.tolerance.excuses(found.count, found.of):
            return None
        said = f"{many(found.count, found.of)} {are(found.count)} {self.about.broken}"
        return Breach(self.rule, self.about.columns, said + limits(self.tolerance), breaches=found)

    @property
    def _fact(self) -> Breaking:
        return Breaking(self.about, self.tolerance.where)


@dataclass(frozen=True)
class Type(Plain):
    """A column holds one of the types called `expected`. Whole numbers may stand in a column of floats."""

    column: str
    expected: tuple[str, ...]
    rule: str = "type"

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def facts(self, schema: Schema) -> Iterable[Fact[Any]]:
        about = self._rows(schema)
        return () if about is None else (Breaking(about),)

    def breach(self, scan: Scan) -> Breach | None:
        dtype = scan.schema[self.column]
        if types.holds(dtype, self.expected) or str(dtype) == "Null":
            return None
        wanted = " or ".join(types.said(name) for name in self.expected)
        about, said = self._rows(scan.schema), f"holds {dtype}, and should hold {wanted}"
        if about is None:
            return Breach(self.rule, self.columns, said, Severity.HIGH)
        found = scan[Breaking(about)]
        if found.count:
            said += f": {many(found.count, found.of)} {are(found.count)} {about.broken}"
        elif isinstance(about, Whole):
            return None
        else:
            said += ", which every text in it can be read as"
        return Breach(self.rule, self.columns, said, Severity.HIGH, found)

    def _rows(self, schema: Schema) -> RowRule | None:
        """What is looked at row by row where the column's type is not the one that is claimed."""
        dtype, wanted = schema[self.column], types.family(self.expected[0])
        if types.holds(dtype, self.expected) or len(self.expected) > 1:
            return None
        if dtype.is_float() and self.expected == ("int",):
            return Whole(self.column)
        if kind_of(dtype) is Kind.TEXT and wanted in ("int", "float", "number"):
            return Readable(self.column, wanted)
        return None


def many(count: int, of: int) -> str:
    """`3 of 1,200 rows (0.25%)`."""
    return f"{count:,} of {of:,} rows ({100 * count / of:.3g}%)" if of else f"{count:,} rows"


def are(count: int) -> str:
    return "is" if count == 1 else "are"


def limits(tolerance: Tolerance) -> str:
    """What a tolerance adds to a sentence."""
    said = f"; at most {100 * (1 - tolerance.mostly):.3g}% may be" if tolerance.mostly < 1 else ""
    return said + (f" (rows where {tolerance.where})" if tolerance.where else "")
