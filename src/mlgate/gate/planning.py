"""Before any model: what a test table can show, per rule, and the rows that a margin needs."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate import opening
from mlgate.checks import Check, PlanLine, TestFacts
from mlgate.errors import UsageError
from mlgate.gate.request import GateRequest
from mlgate.gate.session import installed_host
from mlgate.gate.settings import Settings, gate_path, settle
from mlgate.gate.verdicts import rules_of
from mlgate.rules import NotWorseThanChampion
from mlgate.tabular import Columns, PredictionKind, Predictions, Table, Task
from mlgate.tabular.labels import infer_task


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of the test table, and one line per rule that can say something about it."""

    facts: TestFacts
    confidence: float
    lines: tuple[PlanLine, ...]


def look_ahead(request: GateRequest) -> Outlook:
    """Read the test table's label alone and ask every check that can plan. Raises `UsageError`, `DataError`."""
    path = gate_path(request)
    host = installed_host(path.parent if path is not None else request.folder)
    settings = settle(request, path, host)
    if "test" not in settings.tables or settings.columns.label is None:
        raise UsageError(
            "a plan needs the test table and its label.", hint="Name them with --test and --label, or under [data]."
        )
    facts = facts_of(opening.open_table(settings.tables["test"], host.table_openers), settings.columns)
    lines = [line for check in host.checks.values() for line in _lines(check, facts, settings)]
    return Outlook(facts, settings.gate.policy.confidence, tuple(lines))


def facts_of(table: Table, columns: Columns) -> TestFacts:
    """Rows, classes and entities of a labelled table; of two classes the positive one comes last."""
    wanted = [name for name in (columns.label, columns.entity) if name is not None]
    data = table.collect(wanted)
    label = data[wanted[0]].drop_nulls()
    task = infer_task(label, Predictions(PredictionKind.LABELS, label.to_numpy(), None))
    counts: tuple[int, ...] = ()
    if task is not Task.REGRESSION:
        found = label.value_counts().sort(label.name).rows()
        counts = tuple(n for _, n in sorted(found, key=lambda row: row[0] == columns.positive))
    entities = data[columns.entity].n_unique() if columns.entity is not None else None
    return TestFacts(rows=len(label), class_counts=counts, entities=entities, task=str(task))


def _lines(check: Check, facts: TestFacts, settings: Settings) -> tuple[PlanLine, ...]:
    rules = rules_of(check, settings.gate).rules
    if check.plan is None or not rules:
        return ()
    margins = [rule.demand.margin for rule in rules if isinstance(rule.demand, NotWorseThanChampion)]
    margin = margins[0] if margins and facts.task != "regression" else None
    return check.plan(facts, settings.gate.policy.confidence, margin)
