"""What `mlgate init` knows of a model and its data before it drafts a gate file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ColumnKind(StrEnum):
    """What a column holds, as far as a draft cares."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column of the test table; `distinct` is its number of different values, None where nobody counted."""

    name: str
    kind: ColumnKind
    distinct: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """Rules that a draft proposes for one check; `why` is one line for the reader."""

    check: str
    rules: Mapping[str, object]
    why: str


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """Whatever is known; everything may be missing. `data` maps `train` and `test` to paths or URIs.

    `refusal` is why the model will stay closed, if it will. `columns` are those of the test table, without the label,
    and `rows` its rows.
    """

    model: str | None = None
    refusal: str | None = None
    champion: str | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    label: str | None = None
    task: str | None = None
    positive: str | int | float | bool | None = None
    rows: int | None = None
    columns: tuple[ColumnFacts, ...] = ()
    proposals: tuple[Proposal, ...] = ()
