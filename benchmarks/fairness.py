"""Six metrics by two sensitive columns and their crossing, with 95% intervals, beside fairlearn and a bare group-by.

Run: python benchmarks/fairness.py [--large]
CPU seconds (user + system, all threads of the process), after a warm-up that pays for imports. Ours and the other are
run in turn, and the ratio is that of their medians. Ours begins with a scored table that has coded nothing: columns
are coded, rows tallied, and the five gaps between groups and to all rows are bounded. fairlearn's MetricFrame is asked
for the same six metrics on the same ten groups, once without a bootstrap at 1,000,000 rows, and with one at 100,000
rows, whose cost for 100 resamples is taken from two (100 resamples take 50 times what two take, less what none takes).
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np
import polars as pl

from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score
from mlgate_fairness.comparing import Comparing
from mlgate_fairness.deciding import rate_families
from mlgate_fairness.rates import RATES
from mlgate_fairness.shape import Shape

ROLES = Columns(label="y", positive=1, sensitive=("sex", "region"))


def rows_of(count: int) -> pl.DataFrame:
    """Two sensitive columns of two and five values, a label, and decisions that depend on both a little."""
    rng = np.random.default_rng(0)
    sex, region = rng.integers(0, 2, count), rng.integers(0, 5, count)
    label = rng.random(count) < 0.25 + 0.05 * sex
    decided = rng.random(count) < 0.15 + 0.5 * label + 0.02 * region
    names = np.array(["north", "south", "east", "west", "centre"])
    return pl.DataFrame(
        {"sex": np.where(sex == 1, "male", "female"), "region": names[region], "y": label.astype(np.int64)}
    ).with_columns(decided=pl.Series(decided.astype(np.int64)))


def scored(frame: pl.DataFrame) -> ScoredTable:
    return score(Table.of(frame), ROLES, None, Predictions.labels(frame["decided"].to_numpy()))


def ours(table: ScoredTable) -> float:
    """CPU seconds of all six metrics, with intervals, on a table that was not looked at before."""
    started = time.process_time()
    families = rate_families(table, RATES)
    for name in RATES:
        some = [family for family in families if family.values.metric == name.replace("_", " ")]
        Comparing(Shape.DIFFERENCE).measure(some, table.rows)
    return time.process_time() - started


def fairlearns(frame: pl.DataFrame, resamples: int) -> float:
    """CPU seconds of a MetricFrame; `resamples` of 0 is without intervals."""
    from fairlearn import metrics
    from sklearn.metrics import accuracy_score, precision_score

    asked = {
        "selection_rate": metrics.selection_rate,
        "true_positive_rate": metrics.true_positive_rate,
        "false_positive_rate": metrics.false_positive_rate,
        "false_negative_rate": metrics.false_negative_rate,
        "precision": precision_score,
        "accuracy": accuracy_score,
    }
    pandas = frame.to_pandas()
    boot = {"n_boot": resamples, "ci_quantiles": [0.025, 0.975], "random_state": 0} if resamples else {}
    started = time.process_time()
    made = metrics.MetricFrame(
        metrics=asked,
        y_true=pandas["y"],
        y_pred=pandas["decided"],
        sensitive_features=pandas[["sex", "region"]],
        **boot,
    )
    made.difference()
    if resamples:
        made.difference_ci()
    return time.process_time() - started


def group_by(frame: pl.DataFrame) -> float:
    """CPU seconds of polars counting rows by the same four columns."""
    started = time.process_time()
    frame.lazy().group_by("sex", "region", "y", "decided").agg(pl.len()).collect()
    return time.process_time() - started


def in_turn(pairs: int, one: Callable[[], float], other: Callable[[], float]) -> tuple[float, float]:
    runs = [(one(), other()) for _ in range(pairs)]
    return statistics.median(run[0] for run in runs), statistics.median(run[1] for run in runs)


def said(rows: int, what: str, theirs: float, own: float) -> None:
    print(f"| {rows:,} | {what} | {theirs:.3f} | {own:.4f} | {theirs / own:,.1f} |", flush=True)


def beside_polars(frame: pl.DataFrame) -> None:
    theirs, own = in_turn(5, lambda: group_by(frame), lambda: ours(scored(frame)))
    said(frame.height, "polars, group-by", theirs, own)


def main() -> None:
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="10,000,000 rows beside polars' group-by")
    large = parser.parse_args().large
    small = rows_of(20_000)
    ours(scored(small)), fairlearns(small, 0), group_by(small)
    print("| rows | beside | CPU s | mlgate, CPU s | ratio |\n|--:|---|--:|--:|--:|")
    frame = rows_of(100_000)
    runs = [(fairlearns(frame, 0), fairlearns(frame, 2), ours(scored(frame))) for _ in range(3)]
    none, two, own = (statistics.median(column) for column in zip(*runs, strict=True))
    said(100_000, "fairlearn, without intervals", none, own)
    said(100_000, "fairlearn, n_boot=100 (from n_boot=2)", none + (two - none) * 50, own)
    frame = rows_of(1_000_000)
    theirs, own = in_turn(3, lambda: fairlearns(frame, 0), lambda: ours(scored(frame)))
    said(1_000_000, "fairlearn, without intervals", theirs, own)
    for rows in (1_000_000, 10_000_000) if large else (1_000_000,):
        beside_polars(rows_of(rows))


if __name__ == "__main__":
    main()
