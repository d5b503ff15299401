"""Runs in deepchecks' environment: its full_suite on clean random splits. See `deepchecks_alarms.py`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any


def answer(body: Mapping[str, Any], tables: Mapping[str, str], emit: Callable[[Mapping[str, Any]], None]) -> None:
    """One item per split: what each check's conditions said, or that it did not run."""
    warnings.simplefilter("ignore")
    if body.get("describe"):
        return
    for seed in range(body["first"], body["first"] + body["splits"]):
        for name in body["sets"]:
            judge = judged_by_roles if body["roles"] else judged
            emit({"set": name, "split": seed, "checks": judge(name, seed)})


def judged(name: str, seed: int) -> Mapping[str, list[str]]:
    """The categories of every check's conditions on one split; no row is wrong, no column moved."""
    from deepchecks.tabular import Dataset
    from deepchecks.tabular.suites import full_suite
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
    from sklearn.model_selection import train_test_split

    frame, task = loaded(name)
    train, test = train_test_split(frame, test_size=0.5, random_state=seed)
    kind = RandomForestRegressor if task == "regression" else RandomForestClassifier
    model = kind(n_estimators=50, min_samples_leaf=3, random_state=seed).fit(
        train.drop(columns="target"), train["target"]
    )
    answers = {}
    for side, rows in (("train", train), ("test", test)):
        features = rows.drop(columns="target")
        answers[f"y_pred_{side}"] = model.predict(features)
        if task != "regression":
            answers[f"y_proba_{side}"] = model.predict_proba(features)
    sets = [Dataset(rows, label="target", label_type=task) for rows in (train, test)]
    classes = {} if task == "regression" else {"model_classes": sorted(model.classes_.tolist())}
    return categories(full_suite(random_state=42).run(*sets, with_display=False, **answers, **classes))


def judged_by_roles(name: str, seed: int) -> Mapping[str, list[str]]:
    """The same of the checks that need an identifier or a time: every row has its own, the newer half is the test."""
    from datetime import datetime, timedelta

    from deepchecks.tabular import Dataset, Suite, checks

    frame, task = loaded(name)
    frame = frame.sample(frac=1, random_state=seed)
    frame["id"] = range(len(frame))
    frame["time"] = [datetime(2026, 1, 1) + timedelta(hours=place) for place in range(len(frame))]
    half = len(frame) // 2
    roles = {"label": "target", "label_type": task, "index_name": "id", "datetime_name": "time"}
    sets = [Dataset(rows, **roles) for rows in (frame[:half], frame[half:])]
    suite = Suite(
        "roles",
        checks.IndexTrainTestLeakage().add_condition_ratio_less_or_equal(),
        checks.DateTrainTestLeakageDuplicates().add_condition_leakage_ratio_less_or_equal(),
        checks.DateTrainTestLeakageOverlap().add_condition_leakage_ratio_less_or_equal(),
        checks.IdentifierLabelCorrelation().add_condition_pps_less_or_equal(),
    )
    return categories(suite.run(*sets, with_display=False))


def categories(suite: Any) -> Mapping[str, list[str]]:
    """What the conditions of each check said, by its name."""
    found: dict[str, list[str]] = {}
    for result in suite.results:
        said = (
            ["DID NOT RUN"]
            if hasattr(result, "exception")
            else [each.category.value for each in result.conditions_results]
        )
        found.setdefault(type(result.check).__name__, []).extend(said)
    return found


def loaded(name: str) -> tuple[Any, str]:
    """A table of scikit-learn's own, and its task."""
    from sklearn import datasets

    tasks = {"breast_cancer": "binary", "wine": "multiclass", "iris": "multiclass", "diabetes": "regression"}
    if name in tasks:
        return getattr(datasets, f"load_{name}")(as_frame=True).frame, tasks[name]
    features, target = datasets.make_classification(2000, 10, n_informative=5, class_sep=0.8, random_state=0)
    import pandas as pd

    frame = pd.DataFrame(features, columns=[f"x{place}" for place in range(10)])
    return frame.assign(target=target), "binary"
