"""Drift of eighteen columns beside other tools, and how often the minimum-effect PSI test alarms and finds.

Run: python benchmarks/data_drift.py speed 100000 1000000 [--repeat 3] [--folder DIR] [--evidently PYTHON]
     python benchmarks/data_drift.py alarms [--datasets 2000]
     python benchmarks/data_drift.py detection [--runs 200]
Speed: every engine runs in a fresh process, reading two Parquet files included and imports not (a thousand rows go
first), all of them in turn; the figures are medians of CPU seconds (user + system, all threads) and of the process's
peak memory. `floor` decodes both files once. evidently does not import with pandas 3: `--evidently` names the
interpreter of an environment that has it, and it runs once.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FLOATS = [f"f{place}" for place in range(10)]
WHOLES = [f"i{place}" for place in range(4)]
TEXTS = ["country", "city", "status", "plan"]
LEVELS = {"country": 6, "city": 300, "status": 3, "plan": 12}
ROWS_PER_GROUP = 250_000


def make(path: Path, rows: int, seed: int) -> None:
    """Ten columns of decimals with gaps, four of whole numbers, four of text; the decimals drift a little."""
    import polars as pl
    import pyarrow.parquet as pq

    draw = np.random.default_rng(seed)
    writer = None
    for start in range(0, rows, ROWS_PER_GROUP):
        count = min(ROWS_PER_GROUP, rows - start)
        gaps = pl.Series(draw.random(count) < 0.02)
        frame = pl.DataFrame(
            {
                **{
                    name: draw.normal(10 * place + (seed - 1) / 20, 1 + place, count)
                    for place, name in enumerate(FLOATS)
                },
                **{name: draw.integers(0, 10 ** (place + 1), count) for place, name in enumerate(WHOLES)},
                **{
                    name: np.array([f"{name} {n}" for n in range(LEVELS[name])])[draw.integers(0, LEVELS[name], count)]
                    for name in TEXTS
                },
            }
        ).with_columns(pl.when(gaps).then(None).otherwise(name).alias(name) for name in FLOATS[:3])
        arrow = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        writer = writer or pq.ParquetWriter(path, arrow.schema, compression="zstd")
        writer.write_table(arrow)
    if writer is not None:
        writer.close()


def floor(train: str, test: str, profile: str) -> int:
    import polars as pl

    return sum(batch.height for path in (train, test) for batch in pl.scan_parquet(path).collect_batches())


def mlgate(train: str, test: str, profile: str) -> int:
    from mlgate.tabular import Columns, Table
    from mlgate_data.drift.features import drift
    from mlgate_data.engine.data import data_of

    return len(drift(data_of(Columns(), Table.scan(test), Table.scan(train))).slices)


def stored(train: str, test: str, profile: str) -> int:
    """The reference is a stored profile."""
    from mlgate.tabular import Columns, Table
    from mlgate_data.drift.features import drift
    from mlgate_data.engine.data import data_of

    data = data_of(Columns(), Table.scan(test), None, Path(profile).parent)
    return len(drift(data, reference=Path(profile).name).slices)


def scipy_loop(train: str, test: str, profile: str) -> int:
    """KS and Wasserstein of numbers, chi-square and Jensen-Shannon of text, column by column, as people write it."""
    import polars as pl
    from scipy import stats
    from scipy.spatial.distance import jensenshannon

    one, other = pl.read_parquet(train), pl.read_parquet(test)
    for name in one.columns:
        before, now = one[name].drop_nulls(), other[name].drop_nulls()
        if name in TEXTS:
            counts = before.value_counts(name="before").join(now.value_counts(name="now"), on=name, how="full")
            table = counts.select("before", "now").fill_null(0).to_numpy().T
            stats.chi2_contingency(table)
            jensenshannon(table[0], table[1])
        else:
            stats.ks_2samp(before.to_numpy(), now.to_numpy())
            stats.wasserstein_distance(before.to_numpy(), now.to_numpy())
    return len(one.columns)


def evidently(train: str, test: str, profile: str) -> int:
    import pandas as pd

    package: Any = importlib.import_module("evidently")
    presets: Any = importlib.import_module("evidently.presets")
    one, other = pd.read_parquet(train), pd.read_parquet(test)
    package.Report([presets.DataDriftPreset()]).run(other, one)
    return len(one.columns)


ENGINES: dict[str, Callable[[str, str, str], int]] = {
    "floor": floor,
    "mlgate": mlgate,
    "mlgate, stored profile": stored,
    "scipy loop": scipy_loop,
    "evidently": evidently,
}


def child(engine: str, folder: str, rows: str) -> None:
    """One run in this process, figures on standard output."""
    files = [f"{folder}/{side}-{{}}.{kind}" for side, kind in (("1", "parquet"), ("2", "parquet"), ("profile", "json"))]
    ENGINES[engine](*(path.format(1_000) for path in files))
    before = _cpu()
    started = time.perf_counter()
    columns = ENGINES[engine](*(path.format(rows) for path in files))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([_cpu() - before, time.perf_counter() - started, peak, columns]))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def speed(sizes: list[int], repeat: int, folder: Path, other_python: str | None) -> None:
    from mlgate.tabular import Table
    from mlgate_data.drift.command import save_profile

    for rows in (1_000, *sizes):
        for seed in (1, 2):
            path = folder / f"{seed}-{rows}.parquet"
            if not path.exists():
                make(path, rows, seed)
        save_profile(Table.scan(str(folder / f"1-{rows}.parquet")), folder / f"profile-{rows}.json")
    for rows in sizes:
        engines = [name for name in ENGINES if name != "evidently" or other_python]
        figures: dict[str, list[list[float]]] = {name: [] for name in engines}
        for turn in range(repeat):
            for name in engines:
                if name == "evidently" and turn:
                    continue
                python = other_python if name == "evidently" and other_python else sys.executable
                command = [python, __file__, "child", name, str(folder), str(rows)]
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                if done.returncode:
                    print(name, done.stderr.strip().splitlines()[-1:])
                    continue
                figures[name].append(json.loads(done.stdout.splitlines()[-1]))
        print(f"\n{rows:,} rows, {len(FLOATS + WHOLES + TEXTS)} columns")
        ours = statistics.median(each[0] for each in figures["mlgate"])
        for name, runs in figures.items():
            if runs:
                cpu, wall, peak = (statistics.median(each[place] for each in runs) for place in range(3))
                print(
                    f"{name:24} {cpu:8.3f} CPU s {wall:8.2f} s {peak:7.0f} MB {cpu / ours:7.2f} x ours (n={len(runs)})"
                )


def shifted(psi: float) -> NDArray[np.float64]:
    """Ten shares whose PSI from even ones is `psi`, tilted as by a shift of the mean."""
    low, high, shares = 0.0, 5.0, np.full(10, 0.1)
    for _ in range(60 if psi else 0):
        middle = (low + high) / 2
        shares = np.exp(middle * np.linspace(-1, 1, 10))
        shares /= shares.sum()
        found = float(((shares - 0.1) * np.log(shares / 0.1)).sum())
        low, high = (middle, high) if found < psi else (low, middle)
    return shares


def alarms(datasets: int) -> None:
    """The alarm rate of H0: PSI <= 0.10 at alpha = 0.01, by rows of each table and true PSI."""
    from mlgate_data.drift.distances import psi_estimate

    draw = np.random.default_rng(1)
    truths = (0.0, 0.02, 0.05, 0.10, 0.15, 0.25)
    print("rows      " + " ".join(f"{truth:>7}" for truth in truths))
    for rows in (500, 1_000, 10_000, 100_000, 1_000_000, 100_000_000):
        rates = []
        for truth in truths:
            now = shifted(truth)
            counts = ((draw.multinomial(rows, np.full(10, 0.1)), draw.multinomial(rows, now)) for _ in range(datasets))
            found = [psi_estimate(np.array(each, dtype=float), rows).p_value_above(0.10) < 0.01 for each in counts]
            rates.append(float(np.mean(found)))
        print(f"{rows:<10,}" + " ".join(f"{rate:7.4f}" for rate in rates), flush=True)


def detection(runs: int) -> None:
    """Runs in which the right check fails by its default rule and names the column; 70% train, 30% test."""
    import polars as pl

    from mlgate.tabular import Columns

    alarms_of: Any = importlib.import_module("data_false_alarms")
    roles = Columns(label="y")
    found = {"a mean shift of 0.5 deviations, 5,000 rows": 0, "a label rate of 20% to 30%, 5,000 rows": 0}
    for seed in range(runs):
        draw = np.random.default_rng(seed)
        frame = pl.DataFrame(draw.normal(size=(5_000, 10)), schema=[f"x{place}" for place in range(10)])
        chance = draw.random(5_000)
        train = frame[:3_500].with_columns(y=pl.Series(chance[:3_500] < 0.2))
        same = pl.Series(chance[3_500:] < 0.2)
        shifted = frame[3_500:].with_columns(pl.col("x3") + 0.5, y=same)
        moved = alarms_of.judged(train, shifted, roles, ("data.drift",))["data.drift"]
        test = frame[3_500:].with_columns(y=pl.Series(chance[3_500:] < 0.3))
        rate = alarms_of.judged(train, test, roles, ("data.label_drift",))["data.label_drift"]
        for name, result, word in zip(found, (moved, rate), ("column=x3", "share"), strict=True):
            found[name] += result.outcome == "failed" and word in result.reason
    for name, count in found.items():
        print(f"{name:44} found {alarms_of.share(count, runs)}")


def main() -> None:
    if sys.argv[1:2] == ["child"]:
        child(*sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", choices=("speed", "alarms", "detection"))
    parser.add_argument("sizes", type=int, nargs="*", default=[100_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--evidently", metavar="PYTHON")
    parser.add_argument("--datasets", type=int, default=2_000)
    parser.add_argument("--runs", type=int, default=200)
    given = parser.parse_args()
    if given.what == "alarms":
        alarms(given.datasets)
    elif given.what == "detection":
        detection(given.runs)
    else:
        with tempfile.TemporaryDirectory() as made:
            speed(given.sizes, given.repeat, given.folder or Path(made), given.evidently)


if __name__ == "__main__":
    main()
