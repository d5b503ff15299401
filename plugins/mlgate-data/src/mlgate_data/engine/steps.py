"""Checks as generators that yield what they need, advanced together so that all needs of a table are one pass.

A check names its facts by `yield`, and reads the answers from its scans afterwards. All checks of the run take their
first step, then the training table is read once for all of them, and so on: a check that needs the test table alone
waits until no check waits for the training table, so that the test table too is read once.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlgate import Measurement
from mlgate_data.engine.facts import Fact
from mlgate_data.engine.scan import Scan

Need = tuple[Scan, Fact[Any]]
"""A fact of a table."""

Steps = Generator[Iterable[Need], None, Measurement]
"""What a check of the data family is: it yields needs and returns its measurement."""


def of(scan: Scan, facts: Iterable[Fact[Any]]) -> Iterator[Need]:
    """The needs for `facts` of one table."""
    return ((scan, fact) for fact in facts)


@dataclass(frozen=True, slots=True)
class Ended:
    """How one check ended: with a measurement, or with what it raised."""

    measurement: Measurement | None = None
    error: BaseException | None = None

    def value(self) -> Measurement:
        if self.measurement is None:
            raise self.error or RuntimeError("a check of the data family ended without a measurement")
        return self.measurement


def run_together(checks: Mapping[str, Callable[[], Steps]]) -> dict[str, Ended]:
    """Run every check to its end, gathering what they need together; an error ends its own check alone."""
    walkers = {name: _Walker.begin(start) for name, start in checks.items()}
    while waiting := [walker for walker in walkers.values() if walker.ended is None]:
        scan = _first_table(waiting)
        _gather(scan, waiting)
        for walker in waiting:
            if walker.wants(scan):
                walker.answered(scan)
    return {name: walker.ended for name, walker in walkers.items() if walker.ended is not None}


@dataclass
class _Walker:
    """One check on its way."""

    steps: Steps | None
    needs: list[Need] = field(default_factory=list)
    ended: Ended | None = None

    @classmethod
    def begin(cls, start: Callable[[], Steps]) -> _Walker:
        try:
            walker = cls(start())
        except Exception as error:
            return cls(None, ended=Ended(error=error))
        walker.step()
        return walker

    def step(self) -> None:
        """On to the next need that is not empty, or to the end."""
        assert self.steps is not None
        try:
            while not self.needs:
                self.needs = list(next(self.steps))
        except StopIteration as stop:
            self.ended = Ended(stop.value)
        except Exception as error:
            self.ended = Ended(error=error)

    def wants(self, scan: Scan) -> bool:
        return any(table is scan for table, _ in self.needs)

    def answered(self, scan: Scan) -> None:
        self.needs = [need for need in self.needs if need[0] is not scan]
        if not self.needs:
            self.step()

    def fail(self, error: Exception) -> None:
        self.needs, self.ended = [], Ended(error=error)


def _first_table(waiting: Iterable[_Walker]) -> Scan:
    """The training table while any check waits for it: what is asked of the test table may depend on it."""
    wanted = [scan for walker in waiting for scan, _ in walker.needs]
    return next((scan for scan in wanted if scan.name == "train"), wanted[0])


def _gather(scan: Scan, waiting: Iterable[_Walker]) -> None:
    facts = [fact for walker in waiting for table, fact in walker.needs if table is scan]
    try:
        scan.gather(facts)
    except Exception as error:
        for walker in waiting:
            if walker.wants(scan):
                walker.fail(error)
