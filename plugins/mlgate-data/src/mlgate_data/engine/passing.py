"""One pass over a table: every batch is read once and shown to all collectors; one that fails leaves alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlgate_data.engine.batches import Batch, batches
from mlgate_data.engine.coded import coded_batches
from mlgate_data.engine.facts import Collector, Fact, Mask, Schema
from mlgate_data.engine.footers import Footer, is_parquet

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import Table

# polars panics (a BaseException) where an expression meets a type that it was not made for.
_STOPS = (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError)


@dataclass(frozen=True, slots=True)
class Failed:
    """A fact that could not be gathered, and why."""

    error: BaseException


Running = dict[Fact[Any], Collector[Any]]


def gather(table: Table, facts: Iterable[Fact[Any]], footer: Footer | None = None) -> dict[Fact[Any], object]:
    """The answers to `facts` from one pass; `Failed` for one that raised. Raises `DataError` for an unreadable table.

    Columns that no fact needs are not read, nor are those of which `footer` tells enough. Text that the files hold as
    codes is read as codes, where its facts look at nothing but values and their counts.
    """
    answers: dict[Fact[Any], object] = {}
    running: Running = {}
    for fact in dict.fromkeys(facts):
        with _noting(fact, answers):
            settled = _settled(fact, footer, table.schema)
            if settled is not None:
                answers[fact] = settled
            else:
                running[fact] = fact.collector(table.schema)
    for name, apart in _coded(running, footer).items():
        for fact in apart:
            del running[fact]
        _pass(coded_batches(table, name), apart, answers)
    if running:
        _pass(batches(table, _to_read(table, running)), running, answers)
    return answers


def _to_read(table: Table, facts: Iterable[Fact[Any]]) -> list[str]:
    """The columns that are needed; all of a text file, whose broken rows no single column shows."""
    if table.paths and not is_parquet(table):
        return list(table.columns)
    needed = {name for fact in facts for name in fact.columns}
    return [name for name in table.columns if name in needed] or [table.columns[0]]


def _settled(fact: Fact[Any], footer: Footer | None, schema: Schema) -> object | None:
    settle = getattr(fact, "settled", None)
    return None if settle is None or footer is None else settle(footer, schema)


def _coded(running: Running, footer: Footer | None) -> dict[str, Running]:
    """The columns of coded text whose every fact goes by values, with those facts."""
    if footer is None:
        return {}
    about: dict[str, Running] = {}
    for fact, collector in running.items():
        for name in fact.columns:
            about.setdefault(name, {})[fact] = collector
    return {
        name: facts
        for name, facts in about.items()
        if (known := footer.columns.get(name)) is not None
        and known.coded
        and all(collector.by_value == name for collector in facts.values())
    }


def _pass(rows: Iterable[Batch], running: Running, answers: dict[Fact[Any], object]) -> None:
    """Show every batch to all collectors, and take their answers."""
    for batch in rows:
        _show(batch, running, answers)
        running = {fact: collector for fact, collector in running.items() if fact not in answers}
    for fact, collector in running.items():
        with _noting(fact, answers):
            answers[fact] = collector.result()


@contextmanager
def _noting(fact: Fact[Any], answers: dict[Fact[Any], object]) -> Iterator[None]:
    """What goes wrong with one fact is its answer, and touches no other."""
    try:
        yield
    except _STOPS:
        raise
    except BaseException as error:
        answers[fact] = Failed(error)


def _show(batch: Batch, running: Mapping[Fact[Any], Collector[Any]], answers: dict[Fact[Any], object]) -> None:
    """Show a batch to every collector: with all expressions in one plan, or one by one where that fails."""
    try:
        evaluated = iter(_evaluate(batch, list(running.values())))
    except _STOPS:
        raise
    except BaseException:
        evaluated = None
    for fact, collector in running.items():
        with _noting(fact, answers):
            values, counts = next(evaluated) if evaluated is not None else _evaluate(batch, [collector])[0]
            collector.add(batch, values, counts)


def _evaluate(batch: Batch, collectors: Sequence[Collector[Any]]) -> list[tuple[list[object], list[int]]]:
    """Values and counts of each collector, from one selection over the rows and one per column of few values."""
    plan = _Plan(batch)
    slots = [
        ([plan.value(each) for each in collector.expressions], [plan.count(each) for each in collector.masks])
        for collector in collectors
    ]
    found = plan.run()
    return [
        ([found[place] for place in values], [int(str(found[place] or 0)) for place in counts])
        for values, counts in slots
    ]


_Place = tuple[str | None, int]


@dataclass
class _Plan:
    """Expressions by the frame that they run over: the rows (None), or the distinct values of a column."""

    batch: Batch
    wanted: dict[str | None, list[pl.Expr]] = field(default_factory=lambda: defaultdict(list))

    def value(self, expression: pl.Expr) -> _Place:
        return self._put(None, expression)

    def count(self, mask: Mask) -> _Place:
        import polars as pl

        tally = None if mask.value_of is None else self.batch.tally(mask.value_of)
        if tally is None:
            return self._put(None, mask.condition.sum())
        return self._put(mask.value_of, pl.col(tally.columns[-1]).filter(mask.condition).sum())

    def run(self) -> dict[_Place, object]:
        found: dict[_Place, object] = {}
        for over, expressions in self.wanted.items():
            frame = self.batch.frame if over is None else self.batch.tally(over)
            if frame is not None:
                named = [expression.alias(str(place)) for place, expression in enumerate(expressions)]
                row = frame.select(named).row(0)
                found.update(((over, place), value) for place, value in enumerate(row))
        return found

    def _put(self, over: str | None, expression: pl.Expr) -> _Place:
        self.wanted[over].append(expression)
        return over, len(self.wanted[over]) - 1
