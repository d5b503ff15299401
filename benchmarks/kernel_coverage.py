"""How often 95% intervals hold the truth, by simulation.

Run: OMP_NUM_THREADS=1 python benchmarks/kernel_coverage.py [--datasets 1000] [--rows 200 2000 20000]
Scores are binormal, so that every truth is known from formulas or from four million draws. With entities, rows of an
entity (1 to 7 of them) share half of their score's variance: the truth stays, independence goes.
"""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from mlgate.errors import NotApplicable
from mlgate.tabular import Columns, PredictionKind, Predictions, ScoredTable, Table, Task, score

SHIFT = 1.5
LEVEL = 0.95
BINARY = (
    "accuracy", "balanced_accuracy", "precision", "recall", "f1", "mcc", "roc_auc", "average_precision", "ks",
    "log_loss", "brier", "calibration_slope", "calibration_intercept",
)  # fmt: skip
NUMBERS = ("mae", "rmse", "r2", "bias", "quantile_loss")
DRAWS = 4_000_000


@dataclass(frozen=True)
class World:
    """One way to draw a table."""

    rows: int
    positive: float
    entities: bool

    @property
    def name(self) -> str:
        balance = "balanced" if self.positive == 0.5 else f"{self.positive:.0%} positive"
        return f"{self.rows:,} rows, {balance}, {'entities' if self.entities else 'independent'}"


def draw(world: World, rng: np.random.Generator) -> ScoredTable:
    """A table of this world, scored by the calibrated score of the candidate and a noisier champion's."""
    entity = np.repeat(np.arange(world.rows), rng.integers(1, 8, world.rows))[: world.rows] if world.entities else None
    label = (rng.random(world.rows) < world.positive).astype(np.int64)
    noise = rng.normal(size=world.rows)
    if entity is not None:
        noise = math.sqrt(0.5) * rng.normal(size=entity.max() + 1)[entity] + math.sqrt(0.5) * noise
    data = pl.DataFrame({"y": label, "e": entity if entity is not None else np.arange(world.rows)})
    columns = Columns(label="y", entity="e" if world.entities else None)
    raw = SHIFT * label + noise
    rival = raw + 0.6 * rng.normal(size=world.rows)
    given = Predictions.scores(chance(raw, world.positive, 1.0), (1,))
    champion = Predictions.scores(chance(rival, world.positive, math.sqrt(1.36)), (1,))
    return score(Table.of(data), columns, Task.BINARY, given, champion)


def chance(raw: np.ndarray, positive: float, sd: float) -> np.ndarray:
    """The true probability of the positive class at a binormal score."""
    odds = math.log(positive / (1 - positive)) + SHIFT * (raw - SHIFT / 2) / sd**2
    return 1 / (1 + np.exp(-odds))


def draw_numbers(world: World, rng: np.random.Generator) -> ScoredTable:
    """Errors with tails like Laplace's around a normal label."""
    entity = np.repeat(np.arange(world.rows), rng.integers(1, 8, world.rows))[: world.rows] if world.entities else None
    label = rng.normal(10, 3, world.rows)
    error = rng.laplace(0.2, 1.0, world.rows)
    if entity is not None:
        error = error + rng.normal(0, 1, entity.max() + 1)[entity]
    data = pl.DataFrame({"y": label, "e": entity if entity is not None else np.arange(world.rows)})
    columns = Columns(label="y", entity="e" if world.entities else None)
    return score(Table.of(data), columns, Task.REGRESSION, Predictions(PredictionKind.VALUES, label + error, None))


def truths(world: World, rng: np.random.Generator) -> dict[str, float]:
    """Every metric on four million independent rows of the same marginal distribution."""
    big = World(DRAWS, world.positive, False)
    scored = draw(big, rng)
    found = {name: scored.metric(name).value for name in BINARY}
    found.update(
        {f"{name}: difference": scored.compare(name).difference.value for name in ("roc_auc", "accuracy", "f1")}
    )
    label, error = rng.normal(10, 3, DRAWS), rng.laplace(0.2, 1.0, DRAWS)
    if world.entities:
        error = error + rng.normal(0, 1, DRAWS)
    data = pl.DataFrame({"y": label})
    numbers = score(
        Table.of(data), Columns(label="y"), Task.REGRESSION, Predictions(PredictionKind.VALUES, label + error, None)
    )
    found.update({name: numbers.metric(name).value for name in NUMBERS})
    return found


def hits(world: World, datasets: int, truth: dict[str, float]) -> dict[str, float]:
    """The share of the data sets whose interval holds the truth, per metric; undefined ones are left out."""
    held: dict[str, list[bool]] = defaultdict(list)
    for seed in range(datasets):
        rng = np.random.default_rng([world.rows, int(world.positive * 100), world.entities, seed])
        for name, low, high in _intervals(world, rng):
            held[name].append(low <= truth[name] <= high)
    return {name: sum(found) / len(found) for name, found in held.items()}


def _intervals(world: World, rng: np.random.Generator) -> Iterator[tuple[str, float, float]]:
    try:
        scored = draw(world, rng)
    except Exception:  # a table without a single positive row is refused, as it should be
        return
    for name in BINARY:
        try:
            interval = scored.metric(name).interval(LEVEL)
        except NotApplicable:
            continue
        yield name, interval.low, interval.high
    for name in ("roc_auc", "accuracy", "f1"):
        try:
            interval = scored.compare(name).difference.interval(LEVEL)
        except NotApplicable:
            continue
        yield f"{name}: difference", interval.low, interval.high
    if world.positive == 0.5:
        numbers = draw_numbers(world, rng)
        for name in NUMBERS:
            interval = numbers.metric(name).interval(LEVEL)
            yield name, interval.low, interval.high


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=1000)
    parser.add_argument("--rows", type=int, nargs="+", default=[200, 2000, 20_000])
    options = parser.parse_args()
    worlds = [World(n, p, e) for n in options.rows for p in (0.5, 0.05) for e in (False, True)]
    known = {(p, e): truths(World(0, p, e), np.random.default_rng(1)) for p in (0.5, 0.05) for e in (False, True)}
    table = {world: hits(world, options.datasets, known[world.positive, world.entities]) for world in worlds}
    names = [*BINARY, *(f"{name}: difference" for name in ("roc_auc", "accuracy", "f1")), *NUMBERS]
    print(f"Share of {options.datasets:,} data sets whose 95% interval holds the truth.\n")
    print("| metric | " + " | ".join(world.name for world in worlds) + " |")
    print("|---|" + "---|" * len(worlds))
    for name in names:
        cells = [f"{table[world][name]:.3f}" if name in table[world] else "" for world in worlds]
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
