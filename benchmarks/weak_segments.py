"""How often the search for weak segments reports one where there is none, finds a planted one, and what it costs.

Run: python benchmarks/weak_segments.py null|planted|real|speed [--runs 200] [--folder FOLDER]
FOLDER (for `real`) holds adult, german_credit, penguins and diamonds as Parquet. `null`: right answers are as likely on
every row (0.85). `planted`: on a tenth of 5,000 rows they are right with 0.65. `real`: random splits into 70% train and
30% test (fixed seeds), judged without a champion and against a refit on other rows. Intervals are Wilson's, 95%.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlgate import Check, Measurement, NotApplicable
from mlgate.rules import parse_rules
from mlgate.stats import Estimate, Scale, Spread
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score
from mlgate_performance.weak_segments import weak_segments, weak_segments_vs_champion

Columned = dict[str, NDArray[Any]]
Mask = NDArray[np.bool_]
LABELS = {"adult": "income", "german_credit": "credit_risk", "penguins": "species", "diamonds": "price"}
PLANTED: Mapping[str, tuple[set[str], Callable[[Columned], Mask]]] = {
    "one value of a text": ({"rare"}, lambda data: data["rare"] == "yes"),
    "a number below its first decile": ({"x0"}, lambda data: data["x0"] < -1.2816),
    "a range of a number, between tenths": ({"x0"}, lambda data: (data["x0"] > 0.0) & (data["x0"] < 0.2533)),
    "a range of a number, across tenths": ({"x0"}, lambda data: (data["x0"] > 0.1) & (data["x0"] < 0.3585)),
    "a value and half of a number": ({"c0", "x0"}, lambda data: (data["c0"] == "a") & (data["x0"] < 0)),
}


def features(random: np.random.Generator, rows: int, count: int = 12) -> Columned:
    texts: Columned = {f"c{place}": random.choice(list("abcde"), rows) for place in range(count // 2)}
    numbers: Columned = {f"x{place}": random.normal(size=rows) for place in range(count - count // 2)}
    return {**texts, **numbers, "rare": random.choice(["yes", "no"], rows, p=[0.1, 0.9])}


def answered(random: np.random.Generator, data: Columned, weak: Mask) -> ScoredTable:
    """Two classes; decisions are right with 0.85, with 0.65 where weak; scores say no more than the decision does."""
    label = random.integers(0, 2, len(weak))
    right = random.random(len(weak)) < np.where(weak, 0.65, 0.85)
    decided = np.where(right, label, 1 - label)
    scores = np.where(decided == 1, random.uniform(0.5, 1, len(weak)), random.uniform(0, 0.5, len(weak)))
    table = Table.of(pl.DataFrame({**data, "label": label}))
    return score(table, Columns(label="label", positive=1), None, Predictions.scores(scores, (0, 1)))


def null(runs: int) -> None:
    for rows in (500, 2_000, 20_000):
        told: Counter[str] = Counter()
        for seed in range(runs):
            random = np.random.default_rng(seed)
            data = features(random, rows)
            count(told, weak_segments, answered(random, data, np.zeros(rows, bool)))
        print(f"{rows:6,} rows: {summary(told, runs)}", flush=True)


def planted(runs: int) -> None:
    for name, (columns, weak) in PLANTED.items():
        told: Counter[str] = Counter()
        for seed in range(runs):
            random = np.random.default_rng(seed)
            data = features(random, 5_000)
            inside = weak(data)
            measurement = count(told, weak_segments, answered(random, data, inside))
            told["described"] += described(measurement, columns)
            told["more than one"] += len(measurement.findings) > 1
        print(f"{name}: {summary(told, runs)}", flush=True)


def described(measurement: Measurement, columns: set[str]) -> bool:
    """Whether the first finding names the columns that the planted segment is made of, and no other."""
    if not measurement.findings:
        return False
    said = measurement.findings[0].data["columns"]
    assert isinstance(said, list)
    return set(map(str, said)) == columns


def count(told: Counter[str], check: Check, scored: ScoredTable) -> Measurement:
    """Measure, judge by the check's default rule that blocks, and count what is reported."""
    measurement = check(scored)
    rule = parse_rules(check.default)[0]
    told["reported"] += bool(measurement.findings)
    told["warned"] += any(found.severity == "medium" for found in measurement.findings)
    told["tested"] += bool(measurement.slices)
    told[str(rule.judge(measurement, 0.95, "lower").outcome)] += 1
    return measurement


def real(runs: int, folder: Path) -> None:
    for name, label in LABELS.items():
        frame = pl.read_parquet(folder / f"{name}.parquet").drop_nulls(label)
        frame = frame.drop([each for each in ("fnlwgt", "split", "year") if each in frame.columns])
        for model in ("boosting", "forest", "linear"):
            alone: Counter[str] = Counter()
            rival: Counter[str] = Counter()
            ran = 0
            for seed in range(runs):
                small = frame.sample(min(frame.height, 12_000), shuffle=True, seed=seed)
                try:
                    scored, compared = refits(small, label, model, seed)
                    count(alone, weak_segments, scored)
                    count(rival, weak_segments_vs_champion, compared)
                    ran += 1
                except NotApplicable as why:
                    print(f"{name}: {why}")
                    break
            if ran:
                print(f"{name}, {model}: {summary(alone, ran)}", flush=True)
                print(f"{name}, {model}, against a refit: {summary(rival, ran)}", flush=True)


def refits(frame: pl.DataFrame, label: str, model: str, seed: int) -> tuple[ScoredTable, ScoredTable]:
    """The test rows as one model answers them, and beside another fit of it on a bootstrap of the training rows."""
    cut = round(0.7 * frame.height)
    train, test = frame.head(cut), frame.slice(cut)
    again = train.sample(cut, with_replacement=True, seed=seed + 1)
    answers = [said(fitted(each, label, model), test.drop(label)) for each in (train, again)]
    table, columns = Table.of(test), Columns(label=label)
    return score(table, columns, None, answers[0]), score(table, columns, None, *answers)


def fitted(train: pl.DataFrame, label: str, model: str) -> Any:
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.ensemble import (
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
        RandomForestClassifier,
        RandomForestRegressor,
    )
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    classes = train[label].dtype.is_numeric() is False or train[label].n_unique() <= 10
    models: Mapping[str, Any] = {
        "boosting": HistGradientBoostingClassifier(max_iter=60)
        if classes
        else HistGradientBoostingRegressor(max_iter=60),
        "forest": RandomForestClassifier(60) if classes else RandomForestRegressor(30),
        "linear": LogisticRegression(max_iter=300) if classes else LinearRegression(),
    }
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    encoder = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), make_column_selector(dtype_exclude="number")),
        remainder=numbers,
    )
    rows = train.to_pandas()
    return make_pipeline(encoder, models[model]).fit(rows.drop(columns=label), rows[label])


def said(model: Any, rows: pl.DataFrame) -> Predictions:
    frame = rows.to_pandas()
    if hasattr(model, "predict_proba"):
        return Predictions.scores(model.predict_proba(frame), tuple(model.classes_))
    return Predictions.numbers(model.predict(frame))


def speed() -> None:
    for rows in (10_000, 100_000):
        random = np.random.default_rng(0)
        data = features(random, rows, 29)
        for name, weak in (("nothing planted", np.zeros(rows, bool)), ("a segment planted", data["rare"] == "yes")):
            scored = answered(random, data, weak)
            start = time.process_time()
            weak_segments(scored)
            spent = time.process_time() - start
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{rows:7,} rows x {len(data)} features, {name}: {spent:.2f} CPU s; peak {peak:.0f} MiB", flush=True)


def summary(told: Counter[str], runs: int) -> str:
    shares = [f"{name} {share(told[name], runs)}" for name in ("reported", "described") if name in told]
    rest = ", ".join(
        f"{name} {number}" for name, number in sorted(told.items()) if name not in ("reported", "described")
    )
    return f"{'; '.join(shares)}; {rest}"


def share(number: int, runs: int) -> str:
    """`3 of 200, 0.015 [0.005, 0.043]`."""
    value = number / runs
    spread = Spread("wilson", (value * (1 - value) / runs) ** 0.5, Scale.SCORE, trials=runs)
    interval = Estimate(value, runs, spread).interval(0.95)
    return f"{number} of {runs}, {value:.3f} [{interval.low:.3f}, {interval.high:.3f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("part", choices=("null", "planted", "real", "speed"))
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--folder", type=Path, default=Path())
    given = parser.parse_args()
    if given.part == "speed":
        speed()
    elif given.part == "real":
        real(given.runs, given.folder)
    else:
        {"null": null, "planted": planted}[given.part](given.runs)


if __name__ == "__main__":
    main()
