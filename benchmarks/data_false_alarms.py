"""How often the data checks' default rules alarm on clean splits of real tables, and miss defects that were put in.

Run: python benchmarks/data_false_alarms.py FOLDER [--splits 200] [--only CHECK ...] [--models]
FOLDER holds adult, german_credit, penguins and diamonds as Parquet. A run is one random split into 70% train and 30%
test (fixed seeds), judged by every installed data check; an alarm is a run in which one of them fails, warnings told
apart. Then each defect is put into the test table of every split of Adult (5,000 rows): it is found where the check
named fails and names the column. A copy of the label with 2% noise is put into every table. `--models` fits a
boosted forest and a tree of depth 1 on each split instead, and counts where `data.feature_against_model` blocks or
warns. The interval is Wilson's, 95%.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlgate import MlgateError, NotApplicable
from mlgate.results import CheckRun, Level, Outcome, Result, RunStatus
from mlgate.rules import CheckRules, Policy, decide, parse_rules
from mlgate.stats import Estimate, Scale, Spread
from mlgate.tabular import Columns, Predictions, Table, Task, score
from mlgate_data.engine.data import data_of, run_planned
from mlgate_data.plugin import checks

LABELS = {"adult": "income", "german_credit": "credit_risk", "penguins": "species", "diamonds": "price"}
ADULT_ROWS = 5_000
NOW = datetime(2026, 11, 1)
STATED: Mapping[str, Mapping[str, object]] = {"data.freshness": {"at_most": "30d"}}
Spoil = Callable[[pl.DataFrame, int], pl.DataFrame]
Leak = Callable[[pl.DataFrame, pl.DataFrame, int], tuple[pl.DataFrame, pl.DataFrame]]
DEFECTS: Mapping[str, tuple[str, str, Spoil]] = {
    "10% of a column to null": (
        "data.missing_values",
        "education",
        lambda test, seed: test.with_columns(pl.when(_some(seed)).then(None).otherwise("education").alias("education")),
    ),
    "a column times 100": ("data.unit_change", "age", lambda test, seed: test.with_columns(pl.col("age") * 100)),
    "one category renamed": (
        "data.new_categories",
        "marital_status",
        lambda test, seed: test.with_columns(pl.col("marital_status").replace("Divorced", "Parted")),
    ),
    "whole numbers as text": (
        "data.types",
        "hours_per_week",
        lambda test, seed: test.with_columns(pl.col("hours_per_week").cast(pl.String)),
    ),
    "timestamps a year stale": (
        "data.freshness",
        "",
        lambda test, seed: test.with_columns(pl.col("written") - pl.duration(days=365)),
    ),
    "a column that is stuck": ("data.constant", "sex", lambda test, seed: test.with_columns(sex=pl.lit("Male"))),
    "15% repeated rows": (
        "data.duplicates",
        "",
        lambda test, seed: pl.concat([test, test.sample(fraction=0.15, seed=seed)]),
    ),
}
# A leak is in both tables: these take train, test and a seed, and give both.
LEAKS: Mapping[str, tuple[str, str, Leak]] = {
    "5% of rows also in train": (
        "data.train_test_overlap",
        "",
        lambda train, test, seed: (train, pl.concat([test, train.sample(round(0.05 * test.height), seed=seed)])),
    ),
    "test a year before train": (
        "data.time_leakage",
        "",
        lambda train, test, seed: (_timed(train, date(2025, 1, 1)), _timed(test, date(2024, 1, 1))),
    ),
}


def _copied(frame: pl.DataFrame, label: str, seed: int) -> pl.DataFrame:
    """With a copy of the label, 2% of it wrong; of a number, with noise of 2% of its deviation."""
    draw = np.random.default_rng(seed)
    values = frame[label].to_numpy()
    if frame[label].dtype.is_numeric():
        return frame.with_columns(leak=pl.Series(values + draw.normal(0, 0.02 * values.std(), len(values))))
    names, codes = np.unique(values, return_inverse=True)
    other = (codes + draw.integers(1, len(names), len(codes))) % len(names)
    return frame.with_columns(leak=pl.Series(names[np.where(draw.random(len(codes)) < 0.02, other, codes)]))


def _timed(frame: pl.DataFrame, begin: date) -> pl.DataFrame:
    return frame.with_columns(applied_at=pl.lit(begin) + pl.duration(days=pl.int_range(pl.len()) % 90))


def _written(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The table with a time in the last thirty days in each row."""
    ages = pl.int_range(pl.len()).shuffle(seed) % (30 * 24)
    return frame.with_columns(written=pl.lit(NOW) - pl.duration(hours=ages))


def _some(seed: int) -> pl.Expr:
    return pl.int_range(pl.len()).shuffle(seed) < pl.len() / 10


def judged(
    train: pl.DataFrame, test: pl.DataFrame, columns: Columns, only: tuple[str, ...] = ()
) -> Mapping[str, Result]:
    """Every data check (or `only` these) on the two tables, decided by its default rule; freshness, which has none, by
    one month."""
    known = {check.id: check for check in checks() if not any(option.required for option in check.options)}
    known = {id: check for id, check in known.items() if not only or id in only}
    data = data_of(columns, Table.of(test), Table.of(train))
    planned = {id: {option.name: option.default for option in check.options} for id, check in known.items()}
    if "data.freshness" in planned:
        planned["data.freshness"]["now"] = NOW.isoformat()
    run_planned(data, known, planned)
    runs = []
    for id, check in known.items():
        try:
            runs.append(CheckRun(id, RunStatus.MEASURED, 0.0, check.measure(data, **planned[id])))
        except NotApplicable as why:
            runs.append(CheckRun(id, RunStatus.SKIPPED, 0.0, reason=str(why)))
        except MlgateError as refusal:
            runs.append(CheckRun(id, RunStatus.ERRORED, 0.0, reason=str(refusal)))
    sheet = {
        id: CheckRules(
            id, parse_rules(check.default or STATED.get(id, {})), check.better, int(check.stage), stated=False
        )
        for id, check in known.items()
    }
    decided = decide(runs, sheet, Policy(), (), looks=1, today=date(2026, 1, 1), has_champion=False)
    return {result.check: result for result in decided.results}


def split(frame: pl.DataFrame, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    shuffled = frame.sample(fraction=1, shuffle=True, seed=seed)
    cut = round(0.7 * frame.height)
    return shuffled.head(cut), shuffled.slice(cut)


def share(count: int, n: int) -> str:
    """`3 of 200, 0.015 [0.005, 0.043]`."""
    value = count / n
    spread = Spread("wilson", (value * (1 - value) / n) ** 0.5, Scale.SCORE, trials=n)
    interval = Estimate(value, n, spread).interval(0.95)
    return f"{count:4} of {n}, {value:.3f} [{interval.low:.3f}, {interval.high:.3f}]"


def false_alarms(folder: Path, splits: int, only: tuple[str, ...]) -> None:
    for name, label in LABELS.items():
        frame = pl.read_parquet(folder / f"{name}.parquet")
        blocked = warned = 0
        by_check: Counter[str] = Counter()
        for seed in range(splits):
            bad = [
                result
                for result in judged(*split(frame, seed), Columns(label=label), only).values()
                if result.outcome in (Outcome.FAILED, Outcome.ERRORED)
            ]
            blocked += any(result.level is Level.ENFORCE for result in bad)
            warned += any(result.level is not Level.ENFORCE for result in bad)
            by_check.update(result.check for result in bad)
        print(
            f"{name:14} alarms {share(blocked, splits)}; warnings {share(warned, splits)} {dict(by_check)}", flush=True
        )


def detection(folder: Path, splits: int) -> None:
    adult = pl.read_parquet(folder / "adult.parquet")
    for defect, (check, column, leak) in {**_in_test_alone(DEFECTS), **LEAKS}.items():
        found = 0
        for seed in range(splits):
            train, test = leak(*split(_written(adult.sample(ADULT_ROWS, seed=seed), seed), seed), seed)
            time = "applied_at" if "applied_at" in train.columns else "written"
            result = judged(train, test, Columns(label="income", time=time), (check,))[check]
            found += result.outcome is Outcome.FAILED and column in result.reason
        print(f"{defect:26} {check:22} found {share(found, splits)}", flush=True)


def copies(folder: Path, splits: int) -> None:
    check = "data.feature_leakage"
    for name, label in LABELS.items():
        frame = pl.read_parquet(folder / f"{name}.parquet")
        found = 0
        for seed in range(splits):
            some = frame.sample(min(frame.height, ADULT_ROWS), seed=seed)
            train, test = split(_copied(some, label, seed), seed)
            result = judged(train, test, Columns(label=label), (check,))[check]
            found += result.outcome is Outcome.FAILED and "column=leak" in result.reason
        print(f"{'the label, 2% of it wrong':26} {check:22} {name}: found {share(found, splits)}", flush=True)


def models(folder: Path, splits: int) -> None:
    """An honest model and a poor one on honest tables (at most 5,000 rows), the columns of numbers and of text."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    boosted = (HistGradientBoostingClassifier, HistGradientBoostingRegressor, {"max_iter": 30})
    stump = (DecisionTreeClassifier, DecisionTreeRegressor, {"max_depth": 1})
    for name, label in LABELS.items():
        whole = pl.read_parquet(folder / f"{name}.parquet")
        for kind, (classifier, regressor, options) in {"boosted forest": boosted, "stump": stump}.items():
            blocked = warned = 0
            for seed in range(splits):
                frame = whole.sample(min(whole.height, ADULT_ROWS), seed=seed)
                train, test = split(frame, seed)
                numbers = frame[label].n_unique() > 20
                model = (regressor if numbers else classifier)(**options)
                result = against(model, train, test, label, Task.REGRESSION if numbers else None)
                failed = [rule for rule in result.rules if rule.outcome is Outcome.FAILED]
                blocked += any(rule.level is Level.ENFORCE for rule in failed)
                warned += any(rule.level is not Level.ENFORCE for rule in failed)
            print(f"{name:14} {kind:14} blocked {share(blocked, splits)}; warned {share(warned, splits)}", flush=True)


def against(model: Any, train: pl.DataFrame, test: pl.DataFrame, label: str, task: Task | None) -> Result:
    """`data.feature_against_model` beside this model, by its default rule."""
    here, there = (_numbered(each, label) for each in (train, test))
    model.fit(here, train[label].to_numpy())
    if task is None:
        classes = tuple(model.classes_.tolist())
        task = Task.BINARY if len(classes) == 2 else Task.MULTICLASS
        answers = Predictions.scores(model.predict_proba(there), classes)
    else:
        answers = Predictions.numbers(model.predict(there))
    columns, table = Columns(label=label), Table.of(test)
    check = next(each for each in checks() if each.id == "data.feature_against_model")
    scored = score(table, columns, task, answers)
    measured = check.measure(data_of(columns, table, Table.of(train)), scored_test=scored)
    rules = CheckRules(check.id, parse_rules(check.default or {}), check.better, int(check.stage), stated=False)
    run = CheckRun(check.id, RunStatus.MEASURED, 0.0, measured)
    return decide([run], {check.id: rules}, Policy(), (), looks=1, today=date(2026, 1, 1), has_champion=False).results[
        0
    ]


def _numbered(frame: pl.DataFrame, label: str) -> NDArray[np.float64]:
    """Features as numbers for a model: texts by their rank, 0 for missing."""
    features = frame.drop(label)
    return np.column_stack(
        [
            (each if each.dtype.is_numeric() else each.cast(pl.String).rank("dense"))
            .cast(float)
            .fill_null(0)
            .to_numpy()
            for each in features
        ]
    )


def _in_test_alone(defects: Mapping[str, tuple[str, str, Spoil]]) -> dict[str, tuple[str, str, Leak]]:
    def of(spoil: Spoil) -> Leak:
        return lambda train, test, seed: (train, spoil(test, seed))

    return {name: (check, column, of(spoil)) for name, (check, column, spoil) in defects.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--splits", type=int, default=200)
    parser.add_argument("--only", nargs="+", default=[], metavar="CHECK", help="alarms of these checks, no detection")
    parser.add_argument("--models", action="store_true", help="data.feature_against_model beside honest models, alone")
    given = parser.parse_args()
    if given.models:
        models(given.folder, given.splits)
        return
    false_alarms(given.folder, given.splits, tuple(given.only))
    if given.only:
        return
    copies(given.folder, given.splits)
    detection(given.folder, given.splits)


if __name__ == "__main__":
    main()
