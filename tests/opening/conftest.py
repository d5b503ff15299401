"""A small table and models fitted on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from mlgate.spec import Feature
from mlgate.tabular import Columns, Predictions, Table


@pytest.fixture(scope="session")
def frame() -> pd.DataFrame:
    """200 people with a label `y`, an entity and a weight."""
    random = np.random.default_rng(7)
    age, income = random.integers(18, 90, 200), random.normal(30.0, 5.0, 200)
    return pd.DataFrame(
        {
            "age": age,
            "income": income,
            "person": np.arange(200),
            "w": np.ones(200),
            "y": (age / 90 + random.normal(0, 0.3, 200) > 0.6).astype(int),
        }
    )


@pytest.fixture
def table(frame: pd.DataFrame) -> Table:
    return Table.of(frame, uri="people")


@pytest.fixture
def columns() -> Columns:
    return Columns(label="y", positive=1, entity="person", weight="w")


@pytest.fixture(scope="session")
def classifier(frame: pd.DataFrame) -> LogisticRegression:
    return LogisticRegression(max_iter=1000).fit(frame[["age", "income"]], frame["y"])


@dataclass
class ToyModel:
    """Answers with what `answer` makes of the rows, and keeps the columns of every batch it saw."""

    answer: Any
    features: tuple[Feature, ...] | None = None
    seen: list[tuple[str, ...]] = field(default_factory=list)

    def predict(self, table: Table) -> Predictions:
        self.seen.append(table.columns)
        answer: Predictions = self.answer(table)
        return answer


@pytest.fixture(scope="session")
def toy() -> type[ToyModel]:
    return ToyModel
