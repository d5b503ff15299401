"""All claims of the options of `data.schema`, or every mistake in them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate import CheckError
from mlgate_data.engine.sql import names_in
from mlgate_data.schema import rules
from mlgate_data.schema.claims import Claim, Rows
from mlgate_data.schema.claims_table import HasColumns, HasOnly, InOrder, RowCount
from mlgate_data.schema.claims_whole import Unique
from mlgate_data.schema.reading import Mistakes, Wrong, column_claims, ends, tolerance_of


@dataclass(frozen=True, slots=True)
class Written:
    """The options of `data.schema` that state rules."""

    columns: Mapping[str, object]
    rows: object = None
    rows_hold: Sequence[object] = ()
    unique_together: Sequence[object] = ()
    sums: Sequence[object] = ()
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
    if written.rows is not None:
        try:
            yield RowCount(*ends(written.rows))
        except Wrong as wrong:
            mistakes.add("rows", f"{wrong}.")


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
    return Rows(rules.Condition(table["sql"], names_in(table["sql"])), tolerance_of(table))


def _together(item: Any) -> Claim:
    key = item.get("columns") if isinstance(item, Mapping) else item
    if not isinstance(key, list | tuple) or not key or not all(isinstance(name, str) for name in key):
        raise Wrong(f'it takes a list of columns, as ["customer", "day"], not {item!r}')
    return Unique(tuple(key), tolerance_of(item if isinstance(item, Mapping) else {}), "unique_together")


def _sum(item: Any) -> Claim:
    columns = item.get("columns") if isinstance(item, Mapping) else None
    if not isinstance(columns, list | tuple) or not isinstance(item.get("equals"), int | float | str):
        raise Wrong(f'it takes {{ columns = ["a", "b"], equals = "total" }}, not {item!r}')
    goal = item["equals"]
    names = (*columns, goal) if isinstance(goal, str) else tuple(columns)
    return Rows(rules.Sum(names, goal, float(item.get("tolerance", 1e-9))), tolerance_of(item))
