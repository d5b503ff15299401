"""What stands beside a row, before it and after it, must not matter."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mlgate import Finding, ModelError, UnusableAnswer
from mlgate_robustness.contract.clause import Bench, breach, compared
from mlgate_robustness.search.answers import Answers, joined

ONE_BY_ONE = 24
SIZES = (2, 3, 7, 8, 9, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129)


def row_by_row(bench: Bench) -> Iterator[Finding]:
    """A batch gives what its rows give one by one, and a batch of one row is answered."""
    alone: list[Answers] = []
    for row in range(min(ONE_BY_ONE, bench.rows.height)):
        try:
            alone.append(bench.ask(bench.rows[row]))
        except ModelError as error:
            yield breach("one row", f"a batch of one row is refused: {error.message}")
            return
    what = f"asking for {len(alone)} rows one by one, not in a batch of {bench.rows.height:,},"
    yield from compared("row by row", what, joined(alone), bench.answers[: len(alone)])


def batch_sizes(bench: Bench) -> Iterator[Finding]:
    """Batches of other sizes give the same: where models split rows into chunks, the last one is easily lost."""
    for size in SIZES:
        if size < bench.rows.height:
            found = list(
                compared("batch size", f"a batch of {size}", bench.ask(bench.rows[:size]), bench.answers[:size])
            )
            if found:
                yield from found
                return


def row_order(bench: Bench) -> Iterator[Finding]:
    """Rows in another order get the same answers."""
    order = np.random.default_rng(0).permutation(bench.rows.height)
    yield from compared("row order", "another order of the rows", bench.ask(bench.rows[order]), bench.answers[order])


def repeated_rows(bench: Bench) -> Iterator[Finding]:
    """Repeating a row does not change its answer, nor that of the others."""
    twice = np.repeat(np.arange(bench.rows.height), 2)
    yield from compared("repeated rows", "sending every row twice", bench.ask(bench.rows[twice]), bench.answers[twice])


def no_rows(bench: Bench) -> Iterator[Finding]:
    """No rows give no answers, or a refusal."""
    try:
        said = bench.ask(bench.rows[:0])
    except UnusableAnswer as error:
        yield breach("no rows", f"an empty table is answered: {error.message}")
    except ModelError:
        return
    else:
        if said.rows:
            yield breach("no rows", f"an empty table gets {said.rows:,} answers.")
