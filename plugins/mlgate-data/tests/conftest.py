"""Real tables, and the verdict on a pair of tables by default rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from mlgate import Check, MlgateError, NotApplicable
from mlgate.results import CheckRun, Result, RunStatus
from mlgate.rules import CheckRules, Policy, decide, parse_rules
from mlgate.tabular import Columns, Table
from mlgate_data.engine.data import Data, data_of, run_planned
from mlgate_data.plugin import checks

LABELS = {"adult": "income", "german_credit": "credit_risk", "penguins": "species", "diamonds": "price"}
SLOW = "data.multivariate_drift"
"""Half a second each time: it has tests of its own."""
Judge = Callable[..., Mapping[str, Result]]
Split = Callable[[pl.DataFrame, int], tuple[pl.DataFrame, pl.DataFrame]]


@pytest.fixture(scope="session")
def real(shared_data: Path) -> Mapping[str, pl.DataFrame]:
    """The real tables by name."""
    return {name: pl.read_parquet(shared_data / f"{name}.parquet") for name in LABELS}


@pytest.fixture
def judge() -> Judge:
    """Every data check on two tables, decided by its default rule, by id."""

    def judged(train: pl.DataFrame | None, test: pl.DataFrame, columns: Columns | None = None) -> Mapping[str, Result]:
        data = data_of(columns or Columns(), Table.of(test), None if train is None else Table.of(train))
        known = {check.id: check for check in checks() if check.id != SLOW}
        planned = {id: {option.name: option.default for option in check.options} for id, check in known.items()}
        run_planned(data, known, planned)
        runs = [_run(check, data, planned[id]) for id, check in known.items()]
        decided = decide(
            runs,
            {id: _rules(check) for id, check in known.items()},
            Policy(),
            (),
            looks=1,
            today=date(2026, 1, 1),
            has_champion=False,
        )
        return {result.check: result for result in decided.results}

    return judged


@pytest.fixture
def split() -> Split:
    """A random split into train and test."""

    def parts(frame: pl.DataFrame, seed: int, share: float = 0.7) -> tuple[pl.DataFrame, pl.DataFrame]:
        shuffled = frame.sample(fraction=1, shuffle=True, seed=seed)
        cut = round(share * frame.height)
        return shuffled.head(cut), shuffled.slice(cut)

    return parts


def _run(check: Check, data: Data, options: Mapping[str, object]) -> CheckRun:
    try:
        return CheckRun(check.id, RunStatus.MEASURED, 0.0, check.measure(data, **options))
    except NotApplicable as reason:
        return CheckRun(check.id, RunStatus.SKIPPED, 0.0, reason=str(reason))
    except MlgateError as refusal:
        return CheckRun(check.id, RunStatus.ERRORED, 0.0, reason=str(refusal))


def _rules(check: Check) -> CheckRules:
    return CheckRules(
        check=check.id,
        rules=parse_rules(check.default, where=None),
        stated=False,
        better=check.better,
        stage=int(check.stage),
        required=False,
        primary=False,
    )
