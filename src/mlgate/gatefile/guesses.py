"""Which columns have a role, guessed by name and by shape; a draft marks every one of these as a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mlgate.gatefile.facts import ColumnFacts, ColumnKind, ProjectFacts

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_SENSITIVE = re.compile(
    "sex|gender|age|race|ethnicity|ethnic|religion|nationality|citizenship|disability|disabled|marital|pregnant|"
    "pregnancy|orientation|caste|native|veteran"
)
_PEOPLE = re.compile(
    "customer|user|client|patient|account|member|person|subject|household|applicant|borrower|employee|device|session|"
    "student|driver|merchant"
)
_IDENTIFIER = re.compile("id|ids|uuid|guid|key|no|number|nr|code")
_BY_ITSELF = re.compile("id|uuid|guid")
_TIME = re.compile("date|time|timestamp|datetime|day|month")
_BIRTH = re.compile("birth|birthday|born|dob")

_FEW = 20
"""Groups and slices have few values; a column of more would have to be banded first."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A column and what speaks for it."""

    column: str
    why: str


def entity(facts: ProjectFacts) -> Guess | None:
    """The column whose rows belong together: named like an identifier, and with values that repeat."""
    repeated = [column for column in facts.columns if _repeats(column, facts.rows)]
    people = [column for column in repeated if _says(column, _PEOPLE) and _says(column, _IDENTIFIER)]
    others = [column for column in repeated if _says(column, _PEOPLE) or _says(column, _BY_ITSELF)]
    found = next(iter([*people, *others]), None)
    if found is None:
        return None
    count = f"{found.distinct:,} values on {facts.rows:,} rows" if found.distinct and facts.rows else "its name"
    return Guess(found.name, count)


def time(facts: ProjectFacts) -> Guess | None:
    """The column that says when: of a type of dates, else named so."""
    candidates = [column for column in facts.columns if column.name and not _says(column, _BIRTH)]
    typed = [column for column in candidates if column.kind is ColumnKind.TIME]
    named = [column for column in candidates if column.kind is not ColumnKind.BOOLEAN and _says_when(column)]
    if typed:
        return Guess(typed[0].name, "it holds dates")
    return Guess(named[0].name, "its name") if named else None


def sensitive(facts: ProjectFacts) -> Sequence[ColumnFacts]:
    """Columns named like what people are protected by, whatever their shape."""
    return [column for column in facts.columns if _says(column, _SENSITIVE)]


def slices(facts: ProjectFacts) -> Iterator[str]:
    """Columns of a few values, which make parts to judge by themselves."""
    kinds = (ColumnKind.TEXT, ColumnKind.BOOLEAN)
    return (column.name for column in facts.columns if column.kind in kinds and few(column) and column.distinct != 1)


def few(column: ColumnFacts) -> bool:
    return column.distinct is not None and column.distinct <= _FEW


def _repeats(column: ColumnFacts, rows: int | None) -> bool:
    """Values that never repeat name rows, and values that are few name groups."""
    if column.kind not in (ColumnKind.TEXT, ColumnKind.NUMBER):
        return False
    return column.distinct is None or rows is None or (not few(column) and column.distinct < rows)


def _says_when(column: ColumnFacts) -> bool:
    return _says(column, _TIME) or column.name.lower().endswith("_at")


def _says(column: ColumnFacts, words: re.Pattern[str]) -> bool:
    """Whether one of the words in the column's name (`customerId`, `native_country`) is one of these."""
    return any(words.fullmatch(word.lower()) for word in _WORDS.findall(column.name))
