"""Every result of full_suite, on five tables, is the one that deepchecks gives when it is called directly.

Needs deepchecks' environment, which is built from an index: run by `tox -e deepchecks-itself`, skipped elsewhere.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import datasets
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

from mlgate import NotApplicable
from mlgate.engines import Engine, ask
from mlgate.engines.asking import builder_here, try_out
from mlgate.engines.building import Builder
from mlgate.engines.installing import Installer, python_of
from mlgate.tabular import Columns, Predictions, Table, score
from mlgate_deepchecks import plugin
from mlgate_deepchecks.asking import NEEDS_MODEL, Results
from mlgate_deepchecks.catalogue import ENTRIES, members
from mlgate_deepchecks.engine import deepchecks

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "MLGATE_TEST_DEEPCHECKS" not in os.environ, reason="tox -e deepchecks-itself builds its environment"
    ),
]
DIRECTLY = Path(__file__).with_name("directly.py")
OPTIONS: Mapping[str, Any] = {"params": None, "conditions": None, "seed": 42, "seconds": 1800, "memory_gib": 6.0}
SAYS_TIME = {"OutlierSampleDetection"}
"""Gives up where its first tries were slow, by the clock."""


def wine() -> tuple[pd.DataFrame, str, str, Any, list[str]]:
    """Several classes, by a linear model: the kind whose coefficients break deepchecks when it gets the model."""
    frame = datasets.load_wine(as_frame=True).frame
    return frame, "target", "multiclass", LogisticRegression(max_iter=5000), []


def diabetes() -> tuple[pd.DataFrame, str, str, Any, list[str]]:
    """A regression: no probabilities."""
    frame = datasets.load_diabetes(as_frame=True).frame
    return frame, "target", "regression", RandomForestRegressor(30, random_state=0), []


def iris() -> tuple[pd.DataFrame, str, str, Any, list[str]]:
    """Labels that are words, in a column named y."""
    loaded = datasets.load_iris(as_frame=True)
    frame = loaded.frame.drop(columns="target").assign(y=loaded.target_names[loaded.target])
    return frame, "y", "multiclass", RandomForestClassifier(30, random_state=0), []


def cancer() -> tuple[pd.DataFrame, str, str, Any, list[str]]:
    """Two classes, correlated features, a duplicated row and a missing value."""
    frame = datasets.load_breast_cancer(as_frame=True).frame.iloc[:, [0, 1, 2, 3, 4, 20, 21, 30]]
    frame = pd.concat([frame, frame.iloc[[3, 4]]], ignore_index=True)
    frame.iloc[5, 1] = np.nan
    return frame, "target", "binary", RandomForestClassifier(30, random_state=0), []


def penguins(folder: Path) -> tuple[pd.DataFrame, str, str, Any, list[str]]:
    """Words and numbers with gaps, an identifier that returns and a time."""
    frame = pd.read_parquet(folder / "penguins.parquet").dropna(subset=["species"])
    rows = np.arange(len(frame))
    frame = frame.assign(who=rows // 2, when=pd.Timestamp("2026-01-01") + pd.to_timedelta(rows // 3, unit="h"))
    own = {"species", *ROLES}
    words = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name]) and name not in own]
    frame = frame.astype(dict.fromkeys([*words, "species"], object))
    return frame, "species", "multiclass", RandomForestClassifier(30, random_state=0), words


ERRORS = {"RegressionErrorDistribution", "WeakSegmentsPerformance"}
"""They need a regression, or a model that errs often enough to learn where."""
ROLES = {"who": "index_name", "when": "datetime_name"}
CASES = {"wine": wine, "diabetes": diabetes, "iris": iris, "cancer": cancer, "penguins": penguins}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with the two tables, the answers of a model beside them, and what they are."""
    made = CASES[request.param]
    given = made(request.getfixturevalue("shared_data")) if made is penguins else made()  # type: ignore[operator]
    frame, label, task, model, words = given
    numbers = [name for name in frame.columns if name not in (label, *words, *ROLES)]
    train, test = train_test_split(frame, test_size=0.4, random_state=3)
    model.fit(train[numbers].fillna(0), train[label])
    classes = [] if task == "regression" else model.classes_.tolist()
    for side, rows in (("train", train), ("test", test)):
        answered = rows.assign(predicted=model.predict(rows[numbers].fillna(0)))
        if classes:
            scores = model.predict_proba(rows[numbers].fillna(0))
            answered["predicted"] = np.array(classes)[_decided(scores)]
            answered = answered.assign(**{f"p{place}": scores[:, place] for place in range(len(classes))})
        answered.to_parquet(tmp_path / f"{side}.parquet", index=False)
    roles = {role: name for name, role in ROLES.items() if name in frame.columns}
    about = {"label": label, "task": task, "classes": classes, "categorical": words, "roles": roles}
    (tmp_path / "case.json").write_text(json.dumps(about), encoding="utf-8")
    return tmp_path


def _decided(scores: Any) -> Any:
    """mlgate predicts the positive class from one half on; of several classes the most probable."""
    return (scores[:, 1] >= 0.5).astype(int) if scores.shape[1] == 2 else scores.argmax(axis=1)


def test_our_results_are_deepchecks_own(case: Path) -> None:
    """Values to 1e-9, conditions word for word, and the same checks that do not run."""
    engine = deepchecks()
    environment = builder_here().ready(engine).path
    done = subprocess.run(
        [str(python_of(environment)), str(DIRECTLY), str(case)],
        capture_output=True, text=True, check=True, env={**os.environ, **engine.variables, "PYTHONHASHSEED": "0"},
    )  # fmt: skip
    direct = json.loads(done.stdout.strip().splitlines()[-1])
    ours = asked(case, engine)
    differing = [said for each in direct for said in differences(each, ours)]
    assert differing == []
    compared = {each["check"] for each in direct}
    every = {id.partition(".")[2] for id in members(None)}
    assert every <= compared | {"UnusedFeatures"}
    about = json.loads((case / "case.json").read_text(encoding="utf-8"))
    measured = {each["check"] for each in direct if "value" in each} | {id.partition(".")[2] for id in NEEDS_MODEL}
    if about["roles"]:  # with identifier and time it has to be all of them, less those that the regression has
        assert every - measured == ERRORS
    if about["task"] == "regression":
        assert measured >= ERRORS


def asked(case: Path, engine: Engine) -> Results:
    """The same, by the plugin's one question."""
    about = json.loads((case / "case.json").read_text(encoding="utf-8"))
    roles = about["roles"]
    columns = Columns(label=about["label"], entity=roles.get("index_name"), time=roles.get("datetime_name"))
    scored = {side: _scored(pd.read_parquet(case / f"{side}.parquet"), about, columns) for side in ("train", "test")}
    planned = {id: {**OPTIONS, "categorical": about["categorical"]} for id in members(None)}
    return plugin.results(
        columns, planned, scored["test"].table, scored["train"].table, scored["test"], scored["train"]
    )


def _scored(frame: pd.DataFrame, about: Mapping[str, Any], columns: Columns) -> Any:
    scores = [f"p{place}" for place in range(len(about["classes"]))]
    answers = (
        Predictions.scores(frame[scores].to_numpy(), tuple(about["classes"]))
        if scores
        else Predictions.numbers(frame["predicted"].to_numpy())
    )
    rows = frame.drop(columns=["predicted", *scores])
    return score(Table.of(rows), columns, None, answers, None)


def differences(direct: Mapping[str, Any], ours: Results) -> Iterator[str]:
    """What one of deepchecks' results has that ours has not."""
    name, id = direct["check"], f"deepchecks.{direct['check']}"
    if id in NEEDS_MODEL:
        return
    side = next((s for s in ("train", "test") if str(direct["header"]).endswith(f"- {s.title()} Dataset")), None)
    found = [each for each in ours.finished[id].results if each["table"] == side] if id in ours.finished else []
    if not found:
        yield f"{name} {side}: none of ours ({ours.failures.get(id)})"
    elif "raised" in direct:
        if found[0].get("kind") != direct["raised"]:
            yield f"{name} {side}: raised {direct['raised']}, ours {found[0]}"
    elif name not in SAYS_TIME or found[0]["status"] == "measured":
        yield from _unequal(f"{name} {side}", direct, found[0])


def _unequal(where: str, direct: Mapping[str, Any], ours: Mapping[str, Any]) -> Iterator[str]:
    if ours["status"] != "measured":
        yield f"{where}: not measured here: {ours}"
        return
    held = [[each["name"], each["category"], each["details"]] for each in ours["conditions"]]
    if held != direct["conditions"]:
        yield f"{where}: conditions {direct['conditions']}, ours {held}"
    here = dict(_walk("", ours["value"]))
    for path, value in direct["value"].items():
        if path not in here or not _same(value, here[path]):
            yield f"{where}{path}: {value}, ours {here.get(path, 'missing')}"


def _walk(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(f"{path}/{key}", item)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _walk(f"{path}/{place}", item)
    else:
        yield path, value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, int | float) and not isinstance(other, bool):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one == other) or str(one) == str(other)


RETIRED = {"CategoryMismatchTrainTest", "TrainTestFeatureDrift", "TrainTestLabelDrift", "TrainTestPredictionDrift"}


def test_the_catalogue_is_deepchecks_own() -> None:
    """Every check for tables, less those that are retired and the one that needs several models."""
    told = ask(deepchecks(), {"describe": True}).items[0]
    names = set(told["checks"])  # type: ignore[arg-type]
    left_out = {*RETIRED, "WholeDatasetDrift", "MultiModelPerformanceReport"}
    assert {entry.name for entry in ENTRIES} == names - left_out


def test_checks_outside_of_the_suites_run_on_a_label_named_y() -> None:
    """A column `y` breaks the picture of ClassImbalance: none is drawn. A regression's own check has nothing to see."""
    frame, label, _, model, _ = iris()
    features = frame.drop(columns=label)
    model.fit(features, frame[label])
    scored = score(
        Table.of(frame), Columns(label=label), None,
        Predictions.scores(model.predict_proba(features), tuple(model.classes_.tolist())), None,
    )  # fmt: skip
    alone = [entry.id for entry in ENTRIES if entry.suite is None and not entry.needs_model]
    planned = {id: {**OPTIONS, "categorical": None} for id in alone}
    planned["deepchecks.SegmentPerformance"] = {
        **planned["deepchecks.SegmentPerformance"],
        "params": {"feature_1": features.columns[0], "feature_2": features.columns[1]},
    }
    found = plugin.results(Columns(label=label), planned, scored.table, None, scored, None)
    assert found.failures == {}
    balance = found.measurement("deepchecks.ClassImbalance")
    shares = {part.name: part.estimate.value for part in balance.parts}
    assert [shares[f"test {name}"] for name in ("setosa", "versicolor", "virginica")] == [0.33] * 3
    with pytest.raises(NotApplicable, match="irrelevant"):
        found.measurement("deepchecks.RegressionSystematicError")
    (accuracy,) = [p for p in found.measurement("deepchecks.SingleDatasetPerformance").parts if "ccuracy" in p.name]
    assert accuracy.estimate.value == pytest.approx(accuracy_score(frame[label], model.predict(features)), abs=1e-9)


@pytest.mark.skipif("MLGATE_TEST_PIP" not in os.environ, reason="a second environment, of one GB, built by pip")
def test_its_pins_install_with_pip(tmp_path: Path) -> None:
    """Where there is no uv: the same distributions, and the worker runs."""
    built = Builder(tmp_path, try_out, None, Installer()).ready(deepchecks())
    with_uv = builder_here().ready(deepchecks()).manifest.records
    assert set(with_uv) <= set(built.manifest.records)
    print(f"{built.manifest.seconds:.0f} s, {built.manifest.bytes >> 20} MiB")


def test_a_process_of_deepchecks_has_no_network() -> None:
    """Its own import calls its vendor, where it is not told otherwise; here it could not."""
    answer = partial(ask, deepchecks())({"describe": True})
    assert answer.failure is None
    assert (answer.sandbox.level, answer.sandbox.lacks) == ("full", ())
