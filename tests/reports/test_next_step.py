"""The way on, from every verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlgate.reports.next_step import next_step
from mlgate.results import Decision, ModelSubject, Outcome, Record, Verdict
from mlgate.testing.records import sample_record

SAMPLE = sample_record()
ALLOWED = replace(SAMPLE, verdict=Verdict(Decision.ALLOWED, (), 0))
NOTHING_RAN = replace(SAMPLE, verdict=Verdict(Decision.DENIED, (), 5))
UNDECIDED = replace(SAMPLE, verdict=Verdict(Decision.UNDECIDED, (), 2))


def only(record: Record, *outcomes: Outcome) -> Record:
    return replace(record, results=tuple(result for result in record.results if result.outcome in outcomes))


@pytest.mark.parametrize(
    ("record", "step"),
    [
        (ALLOWED, "`mlgate promote models:/income/7 --to champion` moves the alias."),
        (
            replace(ALLOWED, facts=replace(SAMPLE.facts, gate=replace(SAMPLE.facts.gate, left_out=("a.b",)))),
            "run the 1 check that this run left out; else nothing is promoted.",
        ),
        (
            replace(ALLOWED, facts=replace(SAMPLE.facts, candidate=None)),
            "`mlgate run --model URI` judges a model on these tables: data alone promotes nothing.",
        ),
        (
            replace(ALLOWED, facts=replace(SAMPLE.facts, candidate=ModelSubject("new.pkl", None))),
            "register the model, and judge the registered version: that can be promoted.",
        ),
        (replace(SAMPLE, complete=False), "`mlgate run --resume` measures what is left."),
        (SAMPLE, "`mlgate explain performance.roc_auc` says what it measures and how to mend it."),
        (only(SAMPLE, Outcome.ERRORED), "mend what kept checks from running, then run again."),
        (only(SAMPLE, Outcome.PASSED), "mend what the reasons name, then run again."),
        (UNDECIDED, "add about 13,000 rows to the test table: that would settle it."),
        (
            replace(SAMPLE, results=(), verdict=Verdict(Decision.DENIED, (), 5)),
            "`mlgate checks` lists what can run; the extra mlgate[all] brings the usual families.",
        ),
        (
            replace(only(NOTHING_RAN, Outcome.SKIPPED), facts=replace(SAMPLE.facts, candidate=None, data={})),
            "`mlgate init` writes a gate file that names them: neither a model nor a table was named.",
        ),
        (
            only(NOTHING_RAN, Outcome.SKIPPED),
            "give the checks what they ask for: each says in the record why it was skipped.",
        ),
    ],
)
def test_the_next_step_fits_the_verdict(record: Record, step: str) -> None:
    """One sentence, with the command to type where there is one."""
    assert str(next_step(record)) == step
