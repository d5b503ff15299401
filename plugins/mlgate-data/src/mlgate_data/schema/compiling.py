"""All claims of the options of `data.schema`, or every mistake in them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate import CheckError
from mlgate_data.engine.sql import names_in
from mlgate_data.schema import rules
from mlgate_data.schema.claims import Claim, Rows
from mlgate_data.schema.claims_table import ColumnCount, HasColumns, HasOnly, InOrder, RowCount
from mlgate_data.schema.claims_whole import Unique
from mlgate_data.schema.reading import Mistakes, Wrong, column_claims, ends, tolerance_of
from mlgate_data.schema.rules_across import IGNORED, Different, Ignore, Together


@dataclass(frozen=True, slots=True)
class Written:
    """The options of `data.schema` that state rules."""

    columns: Mapping[str, object]
    rows: object = None
    rows_hold: Sequence[object] = ()
    unique_together: Sequence[object] = ()
    sums: Sequence[object] = ()
    allowed_together: Sequence[object] = ()
    different: Sequence[object] = ()
    column_count: object = None
    exact: bool = False
    ordered: bool = False


def claims_of(written: Written) -> tuple[Claim, ...]:
    """The claims, those about the table first. Raises `CheckError` with every mistake."""
    mistakes = Mistakes()
    claims = [*_of_table(written, mistakes)]
    for name, table in written.columns.items():
        if isinstance(table, Mapping):
            claims.extend(column_claims(name, table, mistakes))
        else:
            mistakes.add(f"columns.{name}", f'the rules of a column are a table, as {{ type = "int" }}, not {table!r}.')
    for place, read, items in (
        ("rows_hold", _condition, written.rows_hold),
        ("unique_together", _together, written.unique_together),
        ("sums", _sum, written.sums),
        ("allowed_together", _allowed, written.allowed_together),
        ("different", _different, written.different),
    ):
        claims.extend(_each(place, read, items, mistakes))
    mistakes.speak()
    return tuple(claims)


def _of_table(written: Written, mistakes: Mistakes) -> Iterator[Claim]:
    names = tuple(written.columns)
    required = tuple(
        name
        for name, table in written.columns.items()
        if not isinstance(table, Mapping) or table.get("required", True) is not False
    )
    if required:
        yield HasColumns(required)
    if written.exact:
        yield HasOnly(names)
    if written.ordered:
        yield InOrder(names)
    for place, band, made in (
        ("rows", written.rows, RowCount),
        ("column_count", written.column_count, ColumnCount),
    ):
        try:
            if band is not None:
                yield made(*ends(band))
        except Wrong as wrong:
            mistakes.add(place, f"{wrong}.")


def _each(place: str, read: Callable[[Any], Claim], items: Sequence[object], mistakes: Mistakes) -> Iterator[Claim]:
    for index, item in enumerate(items):
        try:
            yield read(item)
        except Wrong as wrong:
            mistakes.add(f"{place}[{index}]", f"{wrong}.")
        except CheckError as wrong:
            mistakes.add(f"{place}[{index}]", str(wrong))


def _condition(item: Any) -> Claim:
    table = {"sql": item} if isinstance(item, str) else item
    if not isinstance(table, Mapping) or not isinstance(table.get("sql"), str):
        raise Wrong(f'it takes an SQL condition, as "opened <= closed", not {item!r}')
    about = rules.Condition(table["sql"], names_in(table["sql"]), _ignored(table, None))
    return Rows(about, tolerance_of(table))


def _together(item: Any) -> Claim:
    key: Any = item.get("columns") if isinstance(item, Mapping) else item
    if not _names(key):
        raise Wrong(f'it takes a list of columns, as ["customer", "day"], not {item!r}')
    return Unique(tuple(key), tolerance_of(item if isinstance(item, Mapping) else {}), "unique_together")


def _sum(item: Any) -> Claim:
    columns = item.get("columns") if isinstance(item, Mapping) else None
    if not isinstance(columns, list | tuple) or not isinstance(item.get("equals"), int | float | str):
        raise Wrong(f'it takes {{ columns = ["a", "b"], equals = "total" }}, not {item!r}')
    goal = item["equals"]
    names = (*columns, goal) if isinstance(goal, str) else tuple(columns)
    about = rules.Sum(names, goal, float(item.get("tolerance", 1e-9)), _ignored(item, "any") or "any")
    return Rows(about, tolerance_of(item))


def _allowed(item: Any) -> Claim:
    columns: Any = item.get("columns") if isinstance(item, Mapping) else None
    values: Any = item.get("values") if isinstance(item, Mapping) else None
    if (
        not _names(columns)
        or not isinstance(values, list | tuple)
        or not all(isinstance(each, list | tuple) and len(each) == len(columns) for each in values)
    ):
        raise Wrong(f'it takes {{ columns = ["a", "b"], values = [["x", 1], ["y", 2]] }}, not {item!r}')
    about = Together(tuple(columns), tuple(map(tuple, values)), _ignored(item, "all") or "all")
    return Rows(about, tolerance_of(item))


def _different(item: Any) -> Claim:
    columns: Any = item.get("columns") if isinstance(item, Mapping) else item
    if not _names(columns) or len(columns) < 2:
        raise Wrong(f'it takes a list of two columns or more, as ["home", "work"], not {item!r}')
    table = item if isinstance(item, Mapping) else {}
    return Rows(Different(tuple(columns), _ignored(table, "all") or "all"), tolerance_of(table))


def _names(columns: Any) -> bool:
    return isinstance(columns, list | tuple) and bool(columns) and all(isinstance(name, str) for name in columns)


def _ignored(table: Mapping[str, object], otherwise: Ignore | None) -> Ignore | None:
    """Which rows are left out: where any, all or none of the columns are missing."""
    said = table.get("ignore_missing", otherwise)
    if said is not None and said not in IGNORED:
        raise Wrong(f"ignore_missing is {', '.join(IGNORED[:-1])} or {IGNORED[-1]}, not {said!r}")
    return next((each for each in IGNORED if each == said), None)
