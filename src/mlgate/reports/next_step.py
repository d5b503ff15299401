"""What the reader of a record can do now."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.errors import ExitCode
from mlgate.reports.standing import Standing, of_standing, rules_with
from mlgate.results import Decision, Level, Outcome, Record
from mlgate.rules.numbers import count, roughly


@dataclass(frozen=True, slots=True)
class NextStep:
    """A command and what it does, or, without a command, a sentence that says what to do."""

    effect: str
    command: str | None = None

    def __str__(self) -> str:
        return f"`{self.command}` {self.effect}" if self.command else self.effect


def next_step(record: Record) -> NextStep:
    """The way on from this verdict."""
    if not record.complete:
        return NextStep("measures what is left.", "mlgate run --resume")
    if record.verdict.decision is Decision.ALLOWED:
        return _promote(record)
    if record.verdict.exit_code == ExitCode.NOTHING_RAN:
        return _begin(record)
    if record.verdict.decision is Decision.UNDECIDED:
        return _settle(record)
    return _mend(record)


def _begin(record: Record) -> NextStep:
    if not record.results:
        return NextStep("lists what can run; the extra mlgate[all] brings the usual families.", "mlgate checks")
    if record.facts.candidate is None and not record.facts.data:
        return NextStep("writes a gate file that names them: neither a model nor a table was named.", "mlgate init")
    return NextStep("give the checks what they ask for: each says in the record why it was skipped.")


def _promote(record: Record) -> NextStep:
    left_out = record.facts.gate.left_out
    if left_out:
        return NextStep(f"run the {count(len(left_out), 'check')} that this run left out; else nothing is promoted.")
    candidate, champion = record.facts.candidate, record.facts.champion
    if candidate is None:
        return NextStep("judges a model on these tables: data alone promotes nothing.", "mlgate run --model URI")
    if candidate.version is None:
        return NextStep("register the model, and judge the registered version: that can be promoted.")
    alias = champion.alias if champion and champion.alias else "champion"
    return NextStep("moves the alias.", f"mlgate promote {candidate.uri} --to {alias}")


def _settle(record: Record) -> NextStep:
    open_rules = (rule for result in record.results for rule in rules_with(result, Outcome.INCONCLUSIVE))
    rows = [rule.rows_needed for rule in open_rules if rule.rows_needed and rule.level is Level.ENFORCE]
    if rows:
        return NextStep(f"add {roughly(max(rows))} rows to the test table: that would settle it.")
    return _explain(record, Standing.INCONCLUSIVE, "says what would settle it.")


def _mend(record: Record) -> NextStep:
    if of_standing(record, Standing.FAILED):
        return _explain(record, Standing.FAILED, "says what it measures and how to mend it.")
    if of_standing(record, Standing.ERRORED):
        return NextStep("mend what kept checks from running, then run again.")
    return NextStep("mend what the reasons name, then run again.")


def _explain(record: Record, wanted: Standing, effect: str) -> NextStep:
    check = next((result.check for result in of_standing(record, wanted)), "CHECK")
    return NextStep(effect, f"mlgate explain {check}")
