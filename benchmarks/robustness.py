"""Seeded faults that the robustness family must find, ordinary models that it must leave alone, and what it costs.

Run: python benchmarks/robustness.py [zoo] [ordinary] [cost]
`zoo` judges twelve broken models on 20 columns: a fault is found where the check named fails, and what it says is told.
`ordinary` judges ten models of scikit-learn, XGBoost and LightGBM (what is installed) on the same rows: any check of
the family that fails by its default rule is a false alarm. `cost` times the contract on a model that answers 10,000
rows a second, and lets a model count its calls: by our searches, and by one that Hypothesis makes with one row per
example until as many rows were tried.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlgate.gate import GateRequest
from mlgate.results import Level, Outcome, Record, Result

ROWS = 2_000
NUMBERS = [f"x{place}" for place in range(14)]
WHOLE = ["age", "tenure", "visits"]
TEXTS = ["job", "region", "plan"]
FEATURES = [*NUMBERS, *WHOLE, *TEXTS]
JOBS = {"baker": 0.3, "clerk": 0.0, "driver": -0.2, "nurse": 0.1}
Rows = pd.DataFrame
Scores = NDArray[np.float64]


def people(rows: int, seed: int) -> Rows:
    """20 columns of three kinds and a label that depends on five of them."""
    rng = np.random.default_rng(seed)
    made = pd.DataFrame({name: rng.normal(0, 1 + place % 3, rows) for place, name in enumerate(NUMBERS)})
    made["age"] = rng.integers(18, 90, rows)
    made["tenure"] = rng.poisson(6, rows)
    made["visits"] = rng.poisson(3, rows)
    made["job"] = rng.choice(list(JOBS), rows)
    made["region"] = rng.choice(["north", "south", "west"], rows)
    made["plan"] = rng.choice(["basic", "plus"], rows)
    made["late"] = (rng.random(rows) < sound(made)).astype(int)
    return made


def logistic(values: Any) -> Scores:
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(-np.asarray(values, dtype=np.float64))))


def linear(rows: Rows) -> Scores:
    jobs = rows["job"].map(JOBS).astype(float).fillna(0.0)
    return np.asarray(rows["x0"] - 0.5 * rows["x1"] + 0.02 * rows["age"] - 0.1 * rows["tenure"] + jobs - 1)


def sound(rows: Rows) -> Scores:
    """What every model of the zoo would say without its fault."""
    return logistic(linear(rows))


class Zoo:
    """A model that can be pickled; `fault` names what is wrong with it."""

    classes_ = (0, 1)

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self.calls = 0

    def __call__(self, rows: Rows) -> Scores:
        positive: Scores = getattr(self, f"_{self.fault}")(rows)
        return np.column_stack((1 - positive, positive))

    def _global_state(self, rows: Rows) -> Scores:
        self.calls += 1
        return logistic(linear(rows) + 0.01 * self.calls)

    def _batch_normalised(self, rows: Rows) -> Scores:
        values = linear(rows)
        return logistic((values - values.mean()) / (values.std() + 1e-9))

    def _mutating(self, rows: Rows) -> Scores:
        rows["x0"] = rows["x0"].clip(-1, 1)
        return sound(rows)

    def _column_order(self, rows: Rows) -> Scores:
        numbers = rows.select_dtypes("number").to_numpy(dtype=np.float64)
        return logistic(numbers[:, 0] - 0.5 * numbers[:, 1])

    def _float32_overflow(self, rows: Rows) -> Scores:
        with np.errstate(over="ignore", invalid="ignore"):
            small = rows["x0"].to_numpy(dtype=np.float32)
            return logistic(small - small * np.float32(0) + linear(rows) - rows["x0"])

    def _index_alignment(self, rows: Rows) -> Scores:
        learned = pd.Series(np.linspace(-1, 1, 500))
        return logistic(linear(rows) + (rows["x2"] * 0 + learned).reindex(rows.index).fillna(0.0))

    def _class_order(self, rows: Rows) -> Scores:
        return 1 - sound(rows)

    def _unseen_category(self, rows: Rows) -> Scores:
        return logistic(linear(rows) + rows["region"].map({"north": 0.1, "south": 0.0, "west": -0.1}).astype(float))

    def _bump(self, rows: Rows) -> Scores:
        dip = rows["x0"].between(0.50, 0.62)
        return logistic(linear(rows) - 0.6 * dip)

    def _dtype_cast(self, rows: Rows) -> Scores:
        years = rows["tenure"] // 1 if rows["tenure"].dtype.kind == "i" else rows["tenure"] * 1.5
        return logistic(linear(rows) + 0.1 * np.asarray(years))

    def _threads(self, rows: Rows) -> Scores:
        from threadpoolctl import threadpool_info

        workers = max([each["num_threads"] for each in threadpool_info()] or [1])
        parts = np.array_split(linear(rows), workers)
        return logistic(np.concatenate([part - part[:1] * 0.01 for part in parts]))

    def _threshold(self, rows: Rows) -> Scores:
        """Whoever is 18 is of age: the code says above 18."""
        return np.where(rows["age"] > 18, sound(rows), 0.0)


EXPECTED: Mapping[str, str] = {
    "global_state": "robustness.predict_contract",
    "batch_normalised": "robustness.predict_contract",
    "mutating": "robustness.predict_contract",
    "column_order": "robustness.predict_contract",
    "float32_overflow": "robustness.predict_contract",
    "index_alignment": "robustness.predict_contract",
    "class_order": "robustness.predict_contract",
    "unseen_category": "robustness.unseen_category",
    "bump": "robustness.monotone",
    "dtype_cast": "robustness.predict_contract",
    "threads": "robustness.predict_contract",
    "threshold": "robustness.invariant",
}
PROPERTIES = """version = 1
[checks."robustness.monotone"]
increasing = ["x0"]
[checks."robustness.invariant"]
to = ["age"]
by_at_most = 0.5
"""


def judge(model: object, checks: tuple[str, ...], properties: str = "version = 1\n") -> Record:
    """A run of the family's checks on fresh rows, in a folder that goes away."""
    from mlgate import run_gate

    with TemporaryDirectory() as folder:
        gate = Path(folder) / "mlgate.toml"
        gate.write_text(properties)
        tables = {"train": people(ROWS, 0), "test": people(ROWS, 1)}
        return run_gate(
            GateRequest(gate=gate, model=model, tables=tables, label="late", only=checks, root=Path(folder) / ".mlgate")
        )


def failed(record: Record) -> Iterator[Result]:
    shown = (each for each in record.results if each.level is not Level.OBSERVE)
    yield from (each for each in shown if each.outcome in (Outcome.FAILED, Outcome.ERRORED))


def zoo() -> None:
    """Every fault: found or not, by which clause or change, in how many seconds of CPU time."""
    print(f"{'fault':<18} {'found':<6} {'CPU s':>5}  what is said", flush=True)
    for fault, check in EXPECTED.items():
        started = time.process_time()
        properties = PROPERTIES if check in ("robustness.monotone", "robustness.invariant") else "version = 1\n"
        record = judge(Zoo(fault), ("robustness.*",), properties)
        took = time.process_time() - started
        found = [each for each in failed(record) if each.check == check]
        said = found[0].run.measurement.findings[0].message if found and found[0].run.measurement else "-"
        print(f"{fault:<18} {'yes' if found else 'NO':<6} {took:5.1f}  {said[:150]}", flush=True)


def ordinary() -> None:
    """Every ordinary model: what fails."""
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    train = people(ROWS, 0)
    for name, model in models():
        fitted = model.fit(train[FEATURES], train["late"])
        started = time.process_time()
        record = judge(fitted, ("robustness.*",))
        alarms = [f"{each.check}: {each.reason}" for each in failed(record)]
        took = time.process_time() - started
        print(f"{name:<28} {took:5.1f} CPU s  {'; '.join(alarms) or 'no alarm'}", flush=True)


def models() -> Iterator[tuple[str, Any]]:
    """Ten estimators behind one-hot encoding, and pipelines as people build them."""
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    def behind(estimator: Any, unknown: str = "error") -> Any:
        encoder = OneHotEncoder(handle_unknown=unknown, sparse_output=False)
        return make_pipeline(make_column_transformer((encoder, TEXTS), remainder=StandardScaler()), estimator)

    yield "logistic regression", behind(LogisticRegression(max_iter=500))
    yield "logistic, lenient encoder", behind(LogisticRegression(max_iter=500), "ignore")
    yield "random forest", behind(RandomForestClassifier(100, random_state=0))
    yield "extra trees", behind(ExtraTreesClassifier(100, random_state=0))
    yield "histogram boosting", behind(HistGradientBoostingClassifier(random_state=0))
    yield "nearest neighbours", behind(KNeighborsClassifier())
    yield "naive Bayes", behind(GaussianNB())
    yield "neural network", behind(MLPClassifier((16,), max_iter=80, random_state=0))
    for name, module, kind in (("XGBoost", "xgboost", "XGBClassifier"), ("LightGBM", "lightgbm", "LGBMClassifier")):
        try:
            found = getattr(__import__(module), kind)
        except ModuleNotFoundError:
            print(f"{name:<28} is not installed")
        else:
            yield name, behind(found(n_estimators=50, verbosity=-1 if module == "lightgbm" else 0))


SPEED = 10_000


class Slow:
    """A sound model that answers 10,000 rows a second."""

    classes_ = (0, 1)

    def __init__(self) -> None:
        self.calls = 0
        self.rows = 0

    def __call__(self, rows: Rows) -> Scores:
        self.calls += 1
        self.rows += len(rows)
        time.sleep(len(rows) / SPEED)
        positive = sound(rows)
        return np.column_stack((1 - positive, positive))


class Counting(Slow):
    """A sound model that counts, and does not wait. Copies of it count for themselves."""

    def __call__(self, rows: Rows) -> Scores:
        self.calls += 1
        self.rows += len(rows)
        positive = sound(rows)
        return np.column_stack((1 - positive, positive))


FEW = PROPERTIES.replace('increasing = ["x0"]', 'increasing = ["x0"]\ntrials = 10\nmost_rows = 200')


def calls() -> None:
    """Calls of a model for the same number of rows, as it counts them: a search of ours, and one row per example.

    It is a short search of 200 rows an example, where 500 are the default: the other takes its time.
    """
    ours, theirs = Counting(), Counting()
    judge(ours, ("robustness.monotone",), FEW)
    one_row_per_example(theirs, ours.rows)
    print(
        f"counted: {ours.rows:,} rows in {ours.calls:,} calls; one row per example: {theirs.rows:,} rows in "
        f"{theirs.calls:,} calls, {theirs.calls / ours.calls:.0f} times as many",
        flush=True,
    )


def one_row_per_example(model: Counting, rows: int) -> None:
    """Let Hypothesis draw a real row, a column and a value for each example, and ask about that row."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st

    table = people(ROWS, 1)[FEATURES]

    @settings(
        max_examples=rows,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, ROWS - 1), st.sampled_from(NUMBERS), st.integers(0, ROWS - 1))
    def holds(place: int, name: str, other: int) -> None:
        model(table.iloc[[place]].assign(**{name: table[name].iloc[other]}))

    holds()


def cost() -> None:
    """Time of each check on the slow model, and its calls."""
    calls()
    for check, properties in (("robustness.predict_contract", "version = 1\n"), ("robustness.monotone", PROPERTIES)):
        started = time.process_time()
        record = judge(Slow(), (check,), properties)
        took = time.process_time() - started
        (result,) = [each for each in record.results if each.check == check]
        measured = result.run.measurement
        data: Mapping[str, Any] = measured.data if measured else {"rows_asked": 0, "predict_calls": 1}
        rows, times = data["rows_asked"], data["predict_calls"]
        print(
            f"{check}: {rows / SPEED:.1f} s of the model's and {took:.1f} CPU s of the run's, "
            f"{result.run.seconds:.1f} s by the clock; {rows:,} rows in {times:,} calls: {rows / times:.0f} a call",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts: Mapping[str, Callable[[], None]] = {"zoo": zoo, "ordinary": ordinary, "cost": cost}
    parser.add_argument("parts", nargs="*", choices=[*parts, []], default=list(parts))
    os.environ.setdefault("OMP_NUM_THREADS", "2")
    for part in parser.parse_args().parts:
        parts[part]()


if __name__ == "__main__":
    main()
