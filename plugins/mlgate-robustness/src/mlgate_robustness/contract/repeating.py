"""The same rows give the same answers: again, after other rows, in another process, with other threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlgate import Finding, ModelError
from mlgate_robustness.contract.clause import Bench, breach, compared
from mlgate_robustness.search.asking import Asker

if TYPE_CHECKING:
    from mlgate_robustness.contract.clause import Served


def same_answers(bench: Bench) -> Iterator[Finding]:
    """Within one process: asked again at once, and after other rows were asked about."""
    yield from compared("repeatable", "asking again", bench.ask(bench.rows), bench.answers)
    bench.ask(bench.rows[::-1][: max(bench.rows.height // 3, 1)])
    yield from compared("no memory", "asking again after other rows", bench.ask(bench.rows), bench.answers)


def same_elsewhere(bench: Bench) -> Iterator[Finding]:
    """Opened anew from its files, and there with one thread and with two."""
    with bench.served.again() as other:
        apart = list(_elsewhere(bench, "another process", "opening the model anew", other))
        yield from apart
        for threads in () if apart else (1, 2):
            what = f"running with {threads} thread{'s' if threads > 1 else ''}"
            yield from _elsewhere(bench, "threads", what, other.threaded(threads))


def _elsewhere(bench: Bench, clause: str, what: str, served: Served) -> Iterator[Finding]:
    try:
        said = Asker(served, bench.uri, repeats=bench.ask.repeats)(bench.rows)
    except ModelError as error:
        yield breach(clause, f"{what} fails: {error.message}")
    else:
        yield from compared(clause, what, said, bench.answers)
