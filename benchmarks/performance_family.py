"""Every performance check, comparison with the champion included, beside `mlflow.models.evaluate`.

Run: python benchmarks/performance_family.py
CPU seconds (user + system, all threads) in one process, after a warm-up that pays for imports, the two in turn; the
ratio is the median pair by pair. mlflow evaluates one model with explainers off and asks it for its predictions
itself, which is timed apart and taken off. Ours starts from the predictions of both models. Then our cost at 10,000 to
1,000,000 rows, which is to grow as the rows do.
"""

from __future__ import annotations

import logging
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mlgate import NotApplicable
from mlgate.tabular import Columns, Predictions, Table, score
from mlgate_performance import plugin

ROWS, PAIRS, GROWTH = 100_000, 5, (10_000, 100_000, 1_000_000)
FEATURES = [f"f{number}" for number in range(12)]
COLUMNS = Columns(label="y", positive=1, slices=(("region",), ("region", "sex")))


@dataclass(frozen=True)
class Setting:
    """A test table with both models' answers, and a scored training table."""

    test: pd.DataFrame
    train: pd.DataFrame
    candidate: Any
    answers: tuple[Predictions, Predictions, Predictions]


def rows_of(count: int, seed: int) -> pd.DataFrame:
    """Twelve numbers, two texts and a label of two classes, one row in five positive."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.standard_normal((count, len(FEATURES))), columns=FEATURES)
    odds = frame["f0"] + frame["f1"] * frame["f2"] + 0.5 * frame["f3"] ** 2 - 2.2
    frame["region"] = rng.choice(["east", "north", "south", "west"], count)
    frame["sex"] = rng.choice(["female", "male"], count)
    frame["y"] = (rng.random(count) < 1 / (1 + np.exp(-odds))).astype(int)
    return frame


def setting(count: int) -> Setting:
    train, test = rows_of(20_000, 0), rows_of(count, 1)
    candidate = HistGradientBoostingClassifier(max_iter=60).fit(train[FEATURES], train["y"])
    champion = make_pipeline(StandardScaler(), LogisticRegression()).fit(train[FEATURES], train["y"])
    said = [
        Predictions.scores(model.predict_proba(table[FEATURES]), (0, 1))
        for model, table in ((candidate, test), (champion, test), (candidate, train))
    ]
    return Setting(test, train, candidate, (said[0], said[1], said[2]))


def ours(given: Setting) -> dict[str, float]:
    """CPU seconds of every check that applies, and of putting the answers beside the labels."""
    started = time.process_time()
    train = Table.of(given.train)
    resources: dict[str, object] = {
        "scored_test": score(Table.of(given.test), COLUMNS, None, *given.answers[:2]),
        "scored_train": score(train, COLUMNS, None, given.answers[2]),
        "train": train,
    }
    spent = {"scoring": time.process_time() - started}
    for check in plugin.mlgate_checks():
        if any(option.required for option in check.options):
            continue  # runs only where a gate file sets its options
        started = time.process_time()
        with suppress(NotApplicable):
            check(*(resources[name] for name in check.resources), **{name: resources[name] for name in check.optional})
            spent[check.id] = time.process_time() - started
    return spent


def theirs(given: Setting, model: str) -> float:
    """CPU seconds of mlflow's evaluation of one model."""
    import mlflow

    table = given.test[[*FEATURES, "y"]]
    started = time.process_time()
    with mlflow.start_run():
        mlflow.models.evaluate(
            model, table, targets="y", model_type="classifier", evaluator_config={"log_explainer": False}
        )
    return time.process_time() - started


def cpu_of(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def logged(given: Setting) -> str:
    """The candidate in a registry of this run's own."""
    import mlflow
    import mlflow.sklearn

    logging.getLogger("mlflow").setLevel(logging.ERROR)
    trees = ["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"]
    uri: str = mlflow.sklearn.log_model(given.candidate, name="candidate", skops_trusted_types=trees).model_uri
    return uri


def side_by_side(folder: str) -> None:
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
    mlflow.set_experiment(experiment_id=mlflow.create_experiment("benchmark", artifact_location=f"{folder}/artifacts"))
    given = setting(ROWS)
    model = logged(given)
    ours(given), theirs(given, model)
    predicting = statistics.median(
        cpu_of(
            lambda: (given.candidate.predict(given.test[FEATURES]), given.candidate.predict_proba(given.test[FEATURES]))
        )
        for _ in range(PAIRS)
    )
    pairs = [(theirs(given, model) - predicting, sum(ours(given).values())) for _ in range(PAIRS)]
    them, us = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"\n| {ROWS:,} rows, {PAIRS} pairs | CPU s |\n|---|--:|")
    print(f"| mlflow.models.evaluate | {them + predicting:.2f} |")
    print(f"| the same, its predictions taken off | {them:.2f} |")
    print(f"| every performance check, champion compared | {us:.2f} |")
    print(f"| ratio | {statistics.median((them + predicting) / us for them, us in pairs):.1f} |")
    print(f"| ratio, its predictions taken off | {statistics.median(them / us for them, us in pairs):.1f} |")


def growth() -> None:
    print("\n| rows | CPU s | microseconds per row | the dearest checks |\n|--:|--:|--:|---|")
    for count in GROWTH:
        given = setting(count)
        ours(given)
        runs = sorted((ours(given) for _ in range(3)), key=lambda run: sum(run.values()))
        middle = runs[1]
        total = sum(middle.values())
        dearest = sorted(middle.items(), key=lambda item: -item[1])[:4]
        told = ", ".join(f"{name.removeprefix('performance.')} {seconds:.3f}" for name, seconds in dearest)
        print(f"| {count:,} | {total:.2f} | {total / count * 1e6:.1f} | {told} |", flush=True)


def main() -> None:
    warnings.filterwarnings("ignore")
    with tempfile.TemporaryDirectory() as folder:
        side_by_side(folder)
    growth()


if __name__ == "__main__":
    main()
