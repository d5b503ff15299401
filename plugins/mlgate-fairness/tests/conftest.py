"""Real tables with answers, scored as a run hands them to the checks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from mlgate import Check
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score
from mlgate_fairness import plugin

TABLES = {
    "adult": Columns(label="income", positive=">50K", sensitive=("sex", "race")),
    "german_credit": Columns(label="credit_risk", positive=2, sensitive=("sex", "foreign_worker")),
}
Frame = tuple[pl.DataFrame, Columns]


@pytest.fixture(scope="session")
def checks() -> Mapping[str, Check]:
    """The checks of the plugin by their name without the family."""
    return {check.id.partition(".")[2]: check for check in plugin.mlgate_checks()}


@pytest.fixture(scope="session")
def real(shared_data: Path) -> Callable[[str], Frame]:
    """A real table with a score, a champion's score and a weight."""
    made: dict[str, Frame] = {}

    def table(name: str) -> Frame:
        if name not in made:
            rows = pl.read_parquet(shared_data / f"{name}.parquet")
            made[name] = (answered(rows, TABLES[name], 7), TABLES[name])
        return made[name]

    return table


def answered(frame: pl.DataFrame, columns: Columns, seed: int) -> pl.DataFrame:
    """The table with two scores that know something of the label and of the first group, and with weights."""
    rng = np.random.default_rng(seed)
    label = (frame[str(columns.label)] == columns.positive).to_numpy()
    group = (frame[columns.sensitive[0]] == frame[columns.sensitive[0]][0]).to_numpy()
    noise = rng.random(frame.height)
    first = np.clip(0.35 * label + 0.1 * group + 0.6 * noise, 0, 1)
    second = np.clip(0.3 * label + 0.55 * (0.7 * noise + 0.3 * rng.random(frame.height)) + 0.1, 0, 1)
    return frame.with_columns(
        score=pl.Series(first), rival=pl.Series(second), weight=pl.Series(rng.integers(1, 6, frame.height) / 2)
    )


def scored(frame: pl.DataFrame, columns: Columns, *, champion: bool = False) -> ScoredTable:
    """The table beside its scores."""
    classes = (columns.positive,)
    candidate = Predictions.scores(frame["score"].to_numpy(), classes)
    rival = Predictions.scores(frame["rival"].to_numpy(), classes) if champion else None
    return score(Table.of(frame), columns, None, candidate, rival)


@pytest.fixture(scope="session")
def scorer() -> Callable[..., ScoredTable]:
    """`scored`, for tests that make tables of their own."""
    return scored


def decided(frame: pl.DataFrame) -> NDArray[Any]:
    return (frame["score"].to_numpy() >= 0.5).astype(int)


@pytest.fixture(scope="session")
def truth() -> Callable[[pl.DataFrame, Columns], NDArray[np.int64]]:
    """1 where the label is positive."""

    def positives(frame: pl.DataFrame, columns: Columns) -> NDArray[np.int64]:
        return (frame[str(columns.label)] == columns.positive).to_numpy().astype(np.int64)

    return positives
