"""What metrics with intervals cost: beside resampling with scikit-learn and scipy, and beside reading the data.

Run: python benchmarks/kernel.py [--large]
CPU seconds (user + system, all threads) of work in this process, interleaved, median of the rounds; imports and the
making of data are left out. The scikit-learn loop is timed for 10 resamples and multiplied to 1,000.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import bootstrap, norm
from sklearn.metrics import accuracy_score, brier_score_loss, f1_score, log_loss, roc_auc_score

from mlgate.tabular import Columns, Predictions, Table, Task, score

METRICS = ("roc_auc", "accuracy", "f1", "log_loss", "brier")
RATES = ("selection_rate", "recall", "false_positive_rate", "false_negative_rate", "precision", "accuracy")
SENSITIVE = ("region", "band")
ROWS, LARGE = 1_000_000, 10_000_000
ROUNDS, RESAMPLES, TIMED = 3, 1000, 10


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    started = time.process_time()
    work()
    return time.process_time() - started


def table(rows: int) -> pl.DataFrame:
    """Labels (30% positive), a score, and three columns to slice by."""
    rng = np.random.default_rng(0)
    label = (rng.random(rows) < 0.3).astype(np.int64)
    return pl.DataFrame(
        {
            "y": label,
            "score": norm.cdf(1.2 * label + rng.normal(size=rows) - 0.6),
            "region": rng.choice(["north", "south", "east", "west"], rows),
            "band": rng.integers(0, 10, rows),
            "channel": rng.choice([f"c{n}" for n in range(25)], rows),
        }
    )


def ours(data: Table, slices: tuple[str, ...] = ()) -> None:
    """Five metrics with 95% intervals, overall and on every slice."""
    given = Predictions.scores(data.collect(["score"])["score"].to_numpy(), (1,))
    declared = tuple((column,) for column in slices)
    scored = score(data, Columns(label="y", slices=declared), Task.BINARY, given)
    for name in METRICS:
        scored.metric(name).interval(0.95)
        for spec in declared:
            for each in scored.by_slice(name, spec):
                each.estimate.interval(0.95)


def loop(label: np.ndarray, said: np.ndarray) -> None:
    """Ten resamples of the five metrics by scikit-learn."""
    rng = np.random.default_rng(0)
    for _ in range(TIMED):
        rows = rng.integers(0, len(label), len(label))
        y, s = label[rows], said[rows]
        for measured in (roc_auc_score(y, s), log_loss(y, s), brier_score_loss(y, s)):
            float(measured)
        accuracy_score(y, s >= 0.5)
        f1_score(y, s >= 0.5)


def vectorized(label: np.ndarray, said: np.ndarray) -> None:
    """Ten resamples by scipy, vectorized, of the four metrics that are means or ratios (AUC left out)."""
    right = (said >= 0.5) == label
    hit, named = (said >= 0.5) & (label == 1), (said >= 0.5).astype(float) + label
    loss = -np.log(np.where(label == 1, said, 1 - said))
    square = np.square(said - label)

    def four(*columns: np.ndarray, axis: int) -> np.ndarray:
        means = [column.mean(axis=axis) for column in columns]
        return np.stack([means[0], 2 * means[1] / means[2], means[3], means[4]])

    columns = (right.astype(float), hit.astype(float), named, loss, square)
    bootstrap(columns, four, n_resamples=TIMED, paired=True, vectorized=True, method="percentile", batch=1, rng=0)


def against_resampling() -> None:
    data = table(ROWS)
    label, said = data["y"].to_numpy(), data["score"].to_numpy()
    rounds = [
        (cpu(lambda: ours(Table.of(data))), cpu(lambda: loop(label, said)), cpu(lambda: vectorized(label, said)))
        for _ in range(ROUNDS)
    ]
    times = RESAMPLES / TIMED
    mine = statistics.median(row[0] for row in rounds)
    print(f"| {ROWS:,} rows, five metrics, 95% intervals | CPU s | times ours |\n|---|---|---|")
    print(f"| mlgate | {mine:.3f} | 1 |")
    for place, name in ((1, "scikit-learn, 1,000 resamples"), (2, "scipy.stats.bootstrap, vectorized, without AUC")):
        theirs = statistics.median(row[place] * times for row in rounds)
        ratio = statistics.median(row[place] * times / row[0] for row in rounds)
        print(f"| {name} (from {TIMED} resamples) | {theirs:.0f} | {ratio:,.0f} |")


def write_large(path: Path) -> None:
    """Ten million rows, in row groups of a quarter of a million."""
    data = table(LARGE).with_columns(decision=(pl.col("score") >= 0.5).cast(pl.Int8))
    data.write_parquet(path, row_group_size=250_000)


def rates(data: Table) -> None:
    """Six rates of two groups and of their cross, with 95% intervals, from labels and decisions."""
    given = Predictions.labels(data.collect(["decision"])["decision"].to_numpy())
    scored = score(data, Columns(label="y", sensitive=SENSITIVE), Task.BINARY, given)
    for name in RATES:
        for spec in ((SENSITIVE[0],), (SENSITIVE[1],), SENSITIVE):
            for each in scored.by_slice(name, spec):
                each.estimate.interval(0.95)


def against_reading() -> None:
    slices = ("region", "band", "channel")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "large.parquet")
        writer = multiprocessing.get_context("spawn").Process(target=write_large, args=(path,))
        writer.start()  # in a process of its own, so that the peak is that of measuring
        writer.join()

        def read_and_group() -> object:
            lazy = pl.scan_parquet(path)
            return lazy.group_by("y", *slices).agg(pl.len(), pl.col("score").mean()).collect(engine="streaming")

        def read_and_measure() -> None:
            ours(Table.scan(str(path)), slices)

        def read_and_count() -> object:
            return pl.scan_parquet(path).group_by("y", "decision", *SENSITIVE).len().collect(engine="streaming")

        def read_and_rate() -> None:
            rates(Table.scan(str(path)))

        report("five metrics, overall and on 39 slices of 3 columns", read_and_group, read_and_measure)
        report("six rates, on 14 groups of 2 columns and their 40 crosses", read_and_count, read_and_rate)


def report(what: str, floor: Callable[[], object], ours: Callable[[], object]) -> None:
    """Both in turn, and the median of the ratios pair by pair."""
    rounds = [(cpu(floor), cpu(ours)) for _ in range(ROUNDS)]
    least, mine = (statistics.median(row[place] for row in rounds) for place in (0, 1))
    ratio = statistics.median(row[1] / row[0] for row in rounds)
    print(f"\n| {LARGE:,} rows, {what} | CPU s | times the floor |")
    print("|---|---|---|")
    print(f"| polars: read the columns, group by them once | {least:.2f} | 1 |")
    print(f"| mlgate: read, measure, intervals | {mine:.2f} | {ratio:.1f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="ten million rows with slices, instead of resampling")
    if parser.parse_args().large:
        against_reading()
    else:
        against_resampling()
    print(f"\npeak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
