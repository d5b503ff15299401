"""A table with its facts: many gathered in one pass beforehand, any other when it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from mlgate import CheckError, DataError, MlgateError
from mlgate_data.engine.facts import Fact, Schema
from mlgate_data.engine.footers import Footer, footer_of
from mlgate_data.engine.passing import Failed, gather

if TYPE_CHECKING:
    from mlgate.tabular import Table

V = TypeVar("V")


class Scan:
    """The facts of one table. `scan[fact]` is the answer; `name` is what findings call the table."""

    def __init__(self, table: Table, name: str) -> None:
        self.table = table
        self.name = name
        self.passes = 0
        self._answers: dict[Fact[Any], object] = {}
        self._lock = threading.RLock()

    @cached_property
    def schema(self) -> Schema:
        return self.table.schema

    @cached_property
    def _footer(self) -> Footer | None:
        return footer_of(self.table)

    @property
    def rows(self) -> int:
        return self.table.rows

    def gather(self, facts: Iterable[Fact[Any]]) -> None:
        """Answer all of `facts` that are not answered yet, in one pass. Raises `DataError` for an unreadable table."""
        with self._lock:
            missing = [fact for fact in facts if fact not in self._answers]
            if missing:
                self.passes += 1
                self._answers.update(gather(self.table, missing, self._footer))

    def __getitem__(self, fact: Fact[V]) -> V:
        """The answer, gathered now if it was not yet. Raises what made the fact fail, as an `MlgateError`."""
        self.gather([fact])
        answer = self._answers[fact]
        if isinstance(answer, Failed):
            raise _spoken(answer.error, fact, self) from answer.error
        return cast("V", answer)


def _spoken(error: BaseException, fact: Fact[Any], scan: Scan) -> MlgateError:
    if isinstance(error, MlgateError):
        return error
    try:
        scan.table.require(*fact.columns)  # an engine's word for a column that is not there names no table
    except DataError as lacking:
        return lacking
    said = str(error).strip().partition("\n")[0].rstrip(".")
    about = ", ".join(repr(name) for name in fact.columns[:3]) or "its rows"
    return CheckError(f"{about} of {scan.table.uri} could not be measured: {said}.")
