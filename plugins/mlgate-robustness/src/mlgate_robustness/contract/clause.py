"""What the clauses of the contract share: the rows, what the model said of them, and how a breach is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from mlgate import Feature, Finding, Json, ModelError, Severity, UnusableAnswer
from mlgate_robustness.search.answers import Answers
from mlgate_robustness.search.asking import Asker
from mlgate_robustness.search.noise import SHARE, beyond_noise
from mlgate_robustness.search.shares import share

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from mlgate.tabular import Predictions, Table
    from mlgate_robustness.search.seen import Seen

TOLERANCE = 1e-5
"""In probability, or of the spread of the predictions: what float32 and the order of sums can do."""


class Served(Protocol):
    """The candidate, as a run serves it: the core's resource `predict`."""

    @property
    def features(self) -> tuple[str, ...] | None: ...

    @property
    def signature(self) -> tuple[Feature, ...] | None: ...

    def __call__(self, table: Table, /) -> Predictions: ...

    def again(self) -> AbstractContextManager[Served]:
        """The same files opened anew, in another process where there is one, for as long as the block runs."""
        ...

    def threaded(self, threads: int, /) -> Served:
        """The same opened model, answering with so many threads and jobs."""
        ...

    @property
    def memory(self) -> int | None:
        """The bytes that its process holds now; None where the system does not say."""
        ...

    def disturbs(self, table: Table, /) -> tuple[str, ...]:
        """The columns of the frame it was handed that the model changed."""
        ...


@dataclass(frozen=True, slots=True)
class Bench:
    """Real rows, what the model said of them at first, what columns were seen to hold, and the model."""

    rows: pl.DataFrame
    answers: Answers
    seen: Mapping[str, Seen]
    ask: Asker
    served: Served
    uri: str
    example: Path | None = None


Clause = Callable[[Bench], Iterator[Finding]]


def breach(clause: str, sentence: str, **data: Json) -> Finding:
    """One broken clause."""
    return Finding(f"{clause}: {sentence}", Severity.HIGH, data={"clause": clause, **data})


def differing(said: Answers, expected: Answers, tolerance: float = TOLERANCE) -> tuple[int, int] | None:
    """How many rows got another answer, and the one that got the most different; None where all agree."""
    moved = said.moved(expected)
    apart = int(np.count_nonzero(moved > tolerance))
    return (apart, int(moved.argmax())) if apart else None


def compared(clause: str, what: str, said: Answers, expected: Answers) -> Iterator[Finding]:
    """A breach where `said` is not `expected`, row by row; of repeated answers, beyond their noise."""
    if said.rows != expected.rows:
        yield breach(clause, f"{what} gives {said.rows:,} answers for {expected.rows:,} rows.")
        return
    if said.variance is not None:
        yield from _moved_beyond_noise(clause, what, said, expected)
    elif (apart := differing(said, expected)) is not None:
        count, row = apart
        yield breach(
            clause,
            f"{what} changes the answer to {count:,} of {expected.rows:,} rows, as from {expected.told(row)} to "
            f"{said.told(row)}.",
            rows=count,
            row=row,
        )


def _moved_beyond_noise(clause: str, what: str, said: Answers, expected: Answers) -> Iterator[Finding]:
    """A breach where the share of rows whose mean moved beyond its noise lies above `SHARE` with its whole interval."""
    if not said.rows:
        return
    moved = beyond_noise(said, expected)
    estimate = share(moved)
    interval = estimate.interval(0.95)
    if interval.low > SHARE:
        row = int(np.argmax(said.moved(expected) * moved))
        yield breach(
            clause,
            f"{what} moves the mean of {said.repeats} answers to {int(moved.sum()):,} of {said.rows:,} rows beyond its "
            f"noise ({estimate.value:.1%}, 95% interval {interval.low:.1%} to {interval.high:.1%}), as from "
            f"{expected.told(row)} to {said.told(row)}.",
            rows=int(moved.sum()),
            row=row,
        )


def must_answer(clause: str, what: str, bench: Bench, rows: pl.DataFrame) -> Iterator[Finding]:
    """A breach where the model refuses rows that it has to take."""
    try:
        bench.ask(rows)
    except ModelError as error:
        yield breach(clause, f"{what}: {error.message}")


def may_refuse(bench: Bench, clause: str, what: str, rows: pl.DataFrame, expected: Answers | None) -> Iterator[Finding]:
    """A breach where the model answers with NaN or infinity, or otherwise than `expected`; not where it refuses."""
    try:
        said = bench.ask(rows)
    except UnusableAnswer as error:
        yield breach(clause, f"{what}: {error.message}")
    except ModelError:
        return
    else:
        if expected is not None:
            yield from compared(clause, what, said, expected)
