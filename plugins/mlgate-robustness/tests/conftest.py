"""People in a table, and models of them whose every property is known in closed form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from mlgate import Check, Feature, Measurement, UnusableAnswer
from mlgate.gate.inputs import Predictor
from mlgate.gate.subjects import find
from mlgate.host import Host
from mlgate.tabular import Columns, Predictions, Table, score
from mlgate.testing import measure
from mlgate_robustness.contract.check import predict_contract

Formula = Callable[[pl.DataFrame], NDArray[np.float64]]
COLUMNS = Columns(label="late", positive=1)


class Model:
    """Answers frames by a formula, on the road's terms: NaN is no answer."""

    features = ("income", "debt", "age", "job")

    def __init__(self, formula: Formula, *, regression: bool, signature: tuple[Feature, ...] | None = None) -> None:
        self.signature = signature
        self._formula = formula
        self._regression = regression

    def __call__(self, table: Table) -> Predictions:
        values = self._formula(table.collect())
        if not np.isfinite(values).all():
            raise UnusableAnswer("The model predicts NaN or infinity.")
        return Predictions.numbers(values) if self._regression else Predictions.scores(values, (1,))


@pytest.fixture(scope="session")
def frame() -> pl.DataFrame:
    """2,000 people; who is late depends on debt and income by a logistic law."""
    rng = np.random.default_rng(5)
    rows = 2_000
    made = pl.DataFrame(
        {
            "income": rng.lognormal(10.3, 0.6, rows).round(),
            "debt": rng.exponential(8_000, rows).round(),
            "age": rng.integers(18, 90, rows),
            "job": rng.choice(["baker", "clerk", "driver", "nurse"], rows),
        }
    )
    late = 1 / (1 + np.exp(made["income"].to_numpy() / 40_000 - made["debt"].to_numpy() / 10_000))
    return made.with_columns(late=pl.Series((rng.random(rows) < late).astype(np.int64)))


@pytest.fixture(scope="session")
def run(frame: pl.DataFrame) -> Callable[..., Measurement]:
    """Measure a check on the people and a model by formula; options are the check's, `test` and `train` frames."""

    def measured(
        check: Check,
        formula: Formula,
        *,
        regression: bool = False,
        test: pl.DataFrame | None = None,
        train: pl.DataFrame | None = None,
        sensitive: tuple[str, ...] = (),
        signature: tuple[Feature, ...] | None = None,
        **options: Any,
    ) -> Measurement:
        rows = Table.of(frame if test is None else test, uri="people")
        model = Model(formula, regression=regression, signature=signature)
        columns = replace(COLUMNS, sensitive=sensitive, positive=None if regression else 1)
        given: Mapping[str, Any] = {
            "test": rows,
            "train": Table.of(frame if train is None else train),
            "columns": columns,
            "predict": model,
        }
        if "scored_test" in check.resources:
            given = {**given, "scored_test": score(rows, columns, None, model(rows))}
        wanted = {name: value for name, value in given.items() if name in (*check.resources, *check.optional)}
        return measure(check, **wanted, **options)

    return measured


@dataclass(frozen=True)
class Files:
    """What the contract reads of the candidate."""

    path: Path | None


@pytest.fixture
def judge(frame: pl.DataFrame) -> Callable[..., Measurement]:
    """The contract of a model in memory, on 200 of the people, asked as a run asks it."""

    def judged(
        model: object, *, train: pl.DataFrame | None = None, path: Path | None = None, **options: Any
    ) -> Measurement:
        table = Table.of(frame)
        predict = Predictor(find(model, cast(Host, None)), COLUMNS)
        return measure(
            predict_contract,
            scored_test=score(table, COLUMNS, None, predict(table)),
            columns=COLUMNS,
            predict=predict,
            candidate=Files(path),
            train=Table.of(frame if train is None else train),
            **options,
        )

    return judged
