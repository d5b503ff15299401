"""Real tables and real models: fitted once per session, on other rows than those they are judged on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from mlgate import Check
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, Task, score
from mlgate_performance import plugin

HERE = Path(__file__).parent
ADULT = HERE.parents[2] / "examples" / "income" / "data" / "adult.parquet"
INCOME = Columns(label="income", positive=">50K", slices=(("sex",), ("race", "sex")))
SPECIES = Columns(label="species", slices=(("island",),))
PRICE = Columns(label="price", slices=(("cut",),))

Frames = tuple[pd.DataFrame, pd.DataFrame]
Scorer = Callable[..., ScoredTable]


@pytest.fixture(scope="session")
def checks() -> dict[str, Check]:
    """The checks of the plugin by their id."""
    return {check.id: check for check in plugin.mlgate_checks()}


@pytest.fixture(scope="session")
def adult() -> Frames:
    """4,000 people to learn from, 4,000 to judge by."""
    people = pd.read_parquet(ADULT).drop(columns=["fnlwgt", "split"]).sample(8000, random_state=0)
    return people.iloc[:4000].reset_index(drop=True), people.iloc[4000:].reset_index(drop=True)


@pytest.fixture(scope="session")
def penguins() -> Frames:
    """Half of the penguins to learn from, half to judge by."""
    birds = pd.read_parquet(HERE / "data" / "penguins.parquet").drop(columns="year").sample(frac=1, random_state=0)
    birds = birds.dropna(subset=["body_mass_g"])
    return birds.iloc[:171].reset_index(drop=True), birds.iloc[171:].reset_index(drop=True)


@pytest.fixture(scope="session")
def diamonds() -> Frames:
    """3,000 diamonds to learn from, 3,000 to judge by."""
    stones = pd.read_parquet(HERE / "data" / "diamonds-6000.parquet")
    return stones.iloc[:3000].reset_index(drop=True), stones.iloc[3000:].reset_index(drop=True)


@pytest.fixture(scope="session")
def boosting(adult: Frames) -> Pipeline:
    """The candidate on Adult."""
    return encoded(adult[0], "income", OrdinalEncoder(**UNKNOWN), HistGradientBoostingClassifier(max_iter=60))


@pytest.fixture(scope="session")
def logistic(adult: Frames) -> Pipeline:
    """The champion on Adult."""
    model = make_pipeline(StandardScaler(with_mean=False), LogisticRegression(max_iter=500))
    return encoded(adult[0], "income", OneHotEncoder(handle_unknown="ignore", sparse_output=False), model)


@pytest.fixture(scope="session")
def income(adult: Frames, boosting: Pipeline, logistic: Pipeline) -> ScoredTable:
    """Adult, scored by boosting against logistic regression."""
    return scored(adult[1], INCOME, scores(boosting, adult[1]), scores(logistic, adult[1]))


@pytest.fixture(scope="session")
def species(penguins: Frames) -> ScoredTable:
    """Penguins, scored by a small tree against naive Bayes."""
    learn, judge = penguins
    numbers = learn.columns[learn.dtypes == "float64"]
    tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(learn[numbers], learn["species"])
    bayes = GaussianNB().fit(learn[numbers], learn["species"])
    return scored(judge, SPECIES, scores(tree, judge[numbers]), scores(bayes, judge[numbers]))


@pytest.fixture(scope="session")
def prices(diamonds: Frames) -> ScoredTable:
    """Diamonds, priced by boosting against a linear model."""
    learn, judge = diamonds
    trees = encoded(learn, "price", OrdinalEncoder(**UNKNOWN), HistGradientBoostingRegressor(max_iter=60))
    line = encoded(learn, "price", OneHotEncoder(handle_unknown="ignore", sparse_output=False), LinearRegression())
    return scored(judge, PRICE, values(trees, judge), values(line, judge))


UNKNOWN: dict[str, Any] = {"handle_unknown": "use_encoded_value", "unknown_value": -1}


def encoded(learn: pd.DataFrame, label: str, encoder: Any, model: Any) -> Pipeline:
    """A model on texts and numbers, fitted."""
    texts = make_column_transformer((encoder, make_column_selector(dtype_exclude="number")), remainder="passthrough")
    return make_pipeline(texts, model).fit(learn.drop(columns=label), learn[label])


def scores(model: Any, judge: pd.DataFrame) -> Predictions:
    """What a classifier says of every row."""
    return Predictions.scores(model.predict_proba(judge), tuple(model.classes_))


def values(model: Any, judge: pd.DataFrame) -> Predictions:
    """What a regressor says of every row."""
    return Predictions.numbers(model.predict(judge))


def scored(
    judge: pd.DataFrame, columns: Columns, candidate: Predictions, champion: Predictions | None = None
) -> ScoredTable:
    """The table beside the answers, as a run hands it to the checks."""
    task: Task | None = None
    return score(Table.of(judge), columns, task, candidate, champion)


@pytest.fixture(scope="session")
def scorer() -> Scorer:
    """`scored`, for tests that make answers of their own."""
    return scored


@pytest.fixture(scope="session")
def encoder() -> Callable[..., Pipeline]:
    """`encoded`, for tests that fit models of their own."""
    return encoded


@pytest.fixture(scope="session")
def truth(adult: Frames) -> NDArray[np.int64]:
    """1 where a person of the judged half earns more than 50,000 dollars."""
    return (adult[1]["income"] == ">50K").to_numpy().astype(np.int64)
