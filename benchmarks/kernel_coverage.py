"""How often 95% intervals hold the truth, and how wide they are, by simulation.

Run: OMP_NUM_THREADS=1 nice python benchmarks/kernel_coverage.py --into coverage.json
     [--datasets 1000] [--rows 200 2000 20000] [--tasks binary multiclass regression]
Every world (a task, a number of rows, a balance, with or without repeated entities) is written to the file as it ends
and is not run again: stop it and go on whenever you like. All worlds take about 15 minutes of one processor.
The truth is the metric of four million independent rows. With entities, rows of an entity (1 to 7 of them) share half
of their score's variance: the truth stays, independence goes.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlgate import Estimate
from mlgate.errors import DataError, NotApplicable
from mlgate.tabular import METRICS, Columns, PredictionKind, Predictions, ScoredTable, Table, Task, score

SHIFT, NOISE, OVERCONFIDENT = 1.5, 0.6, 1.5
LEVEL = 0.95
DRAWS = 4_000_000
DISTORTED = "ece, overconfident"
DIFFERENCES = {
    Task.BINARY: ("roc_auc", "average_precision", "accuracy", "f1", "log_loss", "brier"),
    Task.MULTICLASS: ("macro_f1", "accuracy", "roc_auc_ovr", "log_loss"),
    Task.REGRESSION: ("rmse", "mae", "r2"),
}
OPTIONS: dict[str, dict[str, Any]] = {
    "top_k": {"k": 2}, "quantile_loss": {"quantile": 0.9}, "coverage": {"low": "low", "high": "high"}
}  # fmt: skip
MIRRORED = {"false_positive_rate", "false_negative_rate", "micro_f1", "micro_recall", "weighted_recall"}
"""One less specificity, one less recall, and accuracy by other names: their intervals hold as often."""
SHARES = {"balanced": (1 / 3, 1 / 3, 1 / 3), "5% positive": (0.60, 0.35, 0.05)}
Numbers = NDArray[Any]


@dataclass(frozen=True)
class World:
    """One way to draw a table."""

    task: Task
    rows: int
    balance: str
    entities: bool

    @property
    def name(self) -> str:
        return f"{self.task}: {self.rows:,} rows, {self.balance}, {'entities' if self.entities else 'independent'}"

    @property
    def positive(self) -> float:
        return 0.5 if self.balance == "balanced" else 0.05


@dataclass(frozen=True)
class Noise:
    """Noise of rows, of which those of one entity share a half; without entities every row has its own."""

    rng: np.random.Generator
    entity: Numbers | None

    @classmethod
    def of(cls, world: World, rng: np.random.Generator) -> Noise:
        if not world.entities:
            return cls(rng, None)
        return cls(rng, np.repeat(np.arange(world.rows), rng.integers(1, 8, world.rows))[: world.rows])

    def normal(self, *shape: int) -> Numbers:
        own = self.rng.normal(size=shape)
        if self.entity is None:
            return own
        shared = self.rng.normal(size=(self.entity[-1] + 1, *shape[1:]))[self.entity]
        mixed: Numbers = math.sqrt(0.5) * (shared + own)
        return mixed


def draw_binary(world: World, rng: np.random.Generator) -> tuple[ScoredTable, ScoredTable]:
    """A calibrated candidate beside a noisier calibrated champion; and the candidate's scores made overconfident."""
    noise = Noise.of(world, rng)
    label = (rng.random(world.rows) < world.positive).astype(np.int64)
    raw = SHIFT * label + noise.normal(world.rows)
    rival = raw + NOISE * rng.normal(size=world.rows)
    data, columns = _table({"y": label}, noise)
    odds = _odds(raw, world.positive, 1.0)
    ours, theirs = _expit(odds), _expit(_odds(rival, world.positive, math.sqrt(1 + NOISE**2)))
    given = [Predictions.scores(each, (1,)) for each in (ours, theirs, _expit(OVERCONFIDENT * odds))]
    return (
        score(data, columns, Task.BINARY, given[0], given[1]),
        score(data, columns, Task.BINARY, given[2]),
    )


def draw_multiclass(world: World, rng: np.random.Generator) -> ScoredTable:
    """Three classes with normal scores around their own corner."""
    noise = Noise.of(world, rng)
    shares = np.array(SHARES[world.balance])
    label = rng.choice(3, world.rows, p=shares)
    raw = noise.normal(world.rows, 3)
    raw[np.arange(world.rows), label] += SHIFT
    rival = raw + NOISE * rng.normal(size=raw.shape)
    data, columns = _table({"y": label}, noise)
    given = [
        Predictions.scores(_softmax(SHIFT * each / variance + np.log(shares)), (0, 1, 2))
        for each, variance in ((raw, 1.0), (rival, 1 + NOISE**2))
    ]
    return score(data, columns, Task.MULTICLASS, given[0], given[1])


def draw_regression(world: World, rng: np.random.Generator) -> ScoredTable:
    """Errors with tails like Laplace's around a normal label that stays off zero."""
    noise = Noise.of(world, rng)
    label = np.maximum(rng.normal(10, 3, world.rows), 1.0)
    error = rng.laplace(0.2, 1.0, world.rows) + noise.normal(world.rows)
    rival = error + NOISE * rng.normal(size=world.rows)
    bounds = {"low": label + error - 2.5, "high": label + error + 2.5}
    data, columns = _table({"y": label, **bounds}, noise)
    given = [Predictions(PredictionKind.VALUES, label + each, None) for each in (error, rival)]
    return score(data, columns, Task.REGRESSION, given[0], given[1])


def estimates(world: World, rng: np.random.Generator) -> Iterator[tuple[str, Estimate]]:
    """Every metric that has a value, and every difference."""
    distorted = None
    if world.task is Task.BINARY:
        try:
            scored, distorted = draw_binary(world, rng)
        except DataError:  # a table without a single positive row is refused, as it should be
            return
    else:
        scored = draw_multiclass(world, rng) if world.task is Task.MULTICLASS else draw_regression(world, rng)
    for name, metric in METRICS.items():
        if world.task in metric.tasks and name not in MIRRORED:
            try:
                yield name, scored.metric(name, **OPTIONS.get(name, {}))
            except NotApplicable:
                continue
    if distorted is not None:
        yield DISTORTED, distorted.metric("ece")
    for name in DIFFERENCES[world.task]:
        try:
            yield f"{name}: difference", scored.compare(name).difference
        except NotApplicable:
            continue


@cache
def truths(task: Task, balance: str) -> Mapping[str, float]:
    """Every metric on four million independent rows of the same marginal distribution."""
    world, rng = World(task, DRAWS, balance, False), np.random.default_rng(1)
    found = {name: estimate.value for name, estimate in estimates(world, rng)}
    return {**found, **_calibration_errors(world, rng)} if task is Task.BINARY else found


def _calibration_errors(world: World, rng: np.random.Generator) -> dict[str, float]:
    """Zero for calibrated scores; for others from the true chance of each row, which has no noise of labels."""
    label = rng.random(world.rows) < world.positive
    odds = _odds(SHIFT * label + rng.normal(size=world.rows), world.positive, 1.0)
    scores = _expit(OVERCONFIDENT * odds)
    bins = np.minimum((scores * 15).astype(int), 14)
    distorted = np.abs(np.bincount(bins, weights=scores - _expit(odds))).sum() / world.rows
    return {"ece": 0.0, "calibration_slope": 1.0, "calibration_intercept": 0.0, DISTORTED: float(distorted)}


def measured(world: World, datasets: int) -> dict[str, dict[str, float]]:
    """Per metric: the share of intervals that hold the truth, those too low and too high, their mean width."""
    truth = truths(world.task, world.balance)
    bounds: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for seed in range(datasets):
        rng = np.random.default_rng([world.rows, world.balance == "balanced", world.entities, seed])
        for name, estimate in estimates(world, rng):
            interval = estimate.interval(LEVEL)
            bounds[name].append((interval.low, interval.high))
    return {name: _summary(np.array(found), truth[name], datasets) for name, found in bounds.items()}


def _summary(bounds: Numbers, truth: float, datasets: int) -> dict[str, float]:
    low, high = bounds.T
    return {
        "held": float(((low <= truth) & (truth <= high)).mean()),
        "too_low": float((high < truth).mean()),
        "too_high": float((low > truth).mean()),
        "width": float((high - low).mean()),
        "defined": len(bounds) / datasets,
        "truth": truth,
    }


def _table(columns: dict[str, Numbers], noise: Noise) -> tuple[Table, Columns]:
    entity = {} if noise.entity is None else {"e": noise.entity}
    return Table.of(pl.DataFrame({**columns, **entity})), Columns(label="y", entity="e" if entity else None)


def _odds(raw: Numbers, positive: float, sd: float) -> Numbers:
    """The log odds of the positive class at a binormal score."""
    return math.log(positive / (1 - positive)) + SHIFT * (raw - SHIFT / 2) / sd**2


def _expit(odds: Numbers) -> Numbers:
    share: Numbers = 1 / (1 + np.exp(-odds))
    return share


def _softmax(odds: Numbers) -> Numbers:
    power = np.exp(odds - odds.max(axis=1, keepdims=True))
    shares: Numbers = power / power.sum(axis=1, keepdims=True)
    return shares


def worlds(rows: list[int], tasks: list[str]) -> list[World]:
    return [
        World(Task(task), count, balance, entities)
        for task in tasks
        for count in rows
        for balance in (("any label",) if task == Task.REGRESSION else tuple(SHARES))
        for entities in (False, True)
    ]


def tables(known: Mapping[str, Mapping[str, Mapping[str, float]]], of: str, decimals: int) -> Iterator[str]:
    """One Markdown table per task: a line per metric, a column per world."""
    for task in Task:
        columns = {name.partition(": ")[2]: found for name, found in known.items() if name.startswith(f"{task}: ")}
        if not columns:
            continue
        yield f"| {task} | " + " | ".join(columns) + " |"
        yield "|---|" + "---|" * len(columns)
        for name in dict.fromkeys(name for found in columns.values() for name in found):
            cells = [f"{found[name][of]:.{decimals}f}" if name in found else "" for found in columns.values()]
            yield f"| {name} | " + " | ".join(cells) + " |"
        yield ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=1000)
    parser.add_argument("--rows", type=int, nargs="+", default=[200, 2000, 20_000])
    parser.add_argument("--tasks", nargs="+", default=[task.value for task in Task], choices=[t.value for t in Task])
    parser.add_argument("--into", type=Path, default=Path("coverage.json"), help="where the worlds that ended are kept")
    options = parser.parse_args()
    known = json.loads(options.into.read_text()) if options.into.exists() else {}
    for world in worlds(options.rows, options.tasks):
        if world.name not in known:
            started = time.process_time()
            known[world.name] = measured(world, options.datasets)
            options.into.write_text(json.dumps(known))
            print(f"{world.name}: {time.process_time() - started:.0f} CPU s", flush=True)
    print(f"\nShare of {options.datasets:,} data sets whose 95% interval holds the truth.\n")
    print("\n".join(tables(known, "held", 3)))
    print("Mean width of the intervals.\n")
    print("\n".join(tables(known, "width", 4)))


if __name__ == "__main__":
    main()
