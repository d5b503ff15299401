"""`robustness.predict_contract`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mlgate import Finding, Measurement, ModelError, check, doing
from mlgate_robustness.contract import answers, batching, columns, inputs, memory, repeating, values
from mlgate_robustness.contract.clause import Bench, Clause, breach
from mlgate_robustness.search.asking import Asker
from mlgate_robustness.search.grounds import ground
from mlgate_robustness.search.noise import REPEATS

if TYPE_CHECKING:
    from mlgate.tabular import Columns, ScoredTable, Table
    from mlgate_robustness.contract.clause import Served

__all__ = ["CLAUSES", "predict_contract"]

CLAUSES: tuple[Clause, ...] = (
    answers.probabilities,
    repeating.same_answers,
    batching.row_by_row,
    batching.batch_sizes,
    batching.row_order,
    batching.repeated_rows,
    batching.no_rows,
    columns.column_order,
    columns.extra_columns,
    columns.missing_columns,
    values.whole_numbers,
    values.categories,
    values.nulls,
    values.edges,
    inputs.undisturbed,
    inputs.own_example,
    memory.memory_growth,
    repeating.same_elsewhere,
)


class Candidate(Protocol):
    """The model under test, as far as its files go."""

    @property
    def path(self) -> Path | None: ...


@check("robustness.predict_contract", better="lower", unit="findings", default={"no_findings": True})
def predict_contract(
    scored_test: ScoredTable,
    columns: Columns,
    predict: Served,
    candidate: Candidate,
    train: Table | None = None,
    *,
    most_rows: int = 200,
    stochastic: bool = False,
) -> Measurement:
    """Whether the model keeps what anybody who serves it relies on, whatever it models. It needs no configuration.

    On at most `most_rows` real rows of the test table: the same rows get the same answers, again, after other rows,
    opened anew in another process, with one thread and with two; a batch gives what its rows give one by one, in any
    order, of any size; no rows get no answers; the order of the columns does not matter; unknown columns are not used;
    a missing column that matters is refused; whole numbers are the same as integers and floats, texts as categories;
    what was null in train may be null; a float at the edge of float32 gets a finite answer or a refusal; scores lie in
    [0, 1], add up to one, and stand in the order of the classes; the input is not changed; the example that came with
    the model (`input_example.json`) gets answers; and its process does not grow with every answer: by 100 bytes per row
    and more, shown by the interval of Theil and Sen's slope (Sen 1968, JASA 63, 1379-1389) twice over. Each broken
    clause is one finding. Answers may differ by 0.00001 (in probability, or of the spread of the predictions).

    A model that answers differently by design says so with `stochastic = true`: then every answer is the mean of 20,
    and each clause that compares answers counts the rows whose mean moved beyond its noise (Welch's test of each row,
    1947, Biometrika 34, 28-35, at 0.0001). It is broken where the share of such rows lies above 1% with its whole
    interval (Wilson 1927, JASA 22, 209-212, at 95%). So `repeatable` looks for a drift between the first 20 answers and
    the next, and a change that leaves the distribution of the answers alone breaks nothing. It costs 20 times
    the calls.

    ## What to do
    The finding names the clause and a row. State between calls, statistics of the batch (normalising by what came in)
    and the frame's index are the usual causes. A scikit-learn pipeline that was fitted on a frame, and logged with its
    signature, keeps all of this.
    """
    start = ground(scored_test.table, train, columns, predict, most_rows=most_rows)
    ask = Asker(predict, scored_test.table.uri, repeats=REPEATS if stochastic else 1)
    example = candidate.path / "input_example.json" if candidate.path is not None else None
    bench = Bench(start.rows, ask(start.rows), start.seen, ask, predict, scored_test.table.uri, example)
    findings = tuple(_once_each(finding for clause in CLAUSES for finding in _broken(clause, bench)))
    findings += tuple(answers.class_order(scored_test)) + tuple(answers.classes_known(scored_test, bench))
    means = (f"It is stochastic by design: means of {REPEATS} answers were compared.",) if stochastic else ()
    return Measurement(
        Measurement.exact(len(findings), n=ask.rows).estimate,
        unit="findings",
        findings=findings,
        notes=(*means, f"{ask.rows:,} rows were asked about in {ask.calls:,} calls."),
        data={"rows_asked": ask.rows, "predict_calls": ask.calls, "clauses": len(CLAUSES) + 2},
    )


def _broken(clause: Clause, bench: Bench) -> Iterator[Finding]:
    """What breaks a clause; rows that the model took before and now refuses do."""
    name = clause.__name__.replace("_", " ")
    with doing(f"the clause {name!r}"):
        try:
            yield from clause(bench)
        except ModelError as error:
            yield breach(name, f"the model refuses real rows: {error.message}")


def _once_each(findings: Iterator[Finding]) -> Iterator[Finding]:
    """The first finding of each clause and column: one state between calls breaks many comparisons alike."""
    met: set[object] = set()
    for finding in findings:
        key = (finding.data["clause"], finding.data.get("column"))
        if key not in met:
            met.add(key)
            yield finding
