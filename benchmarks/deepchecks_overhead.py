"""What mlgate costs beside deepchecks' own run: seconds of handing over two tables and reading the answer.

    python benchmarks/deepchecks_overhead.py [--rows 100000] [--columns 20] [--runs 5]

Each run asks for one check that costs next to nothing, in deepchecks' real environment. Counted are the CPU seconds of
this process (verifying the environment, writing both tables with their answers, reading the result), of starting the
confined process up to its worker, and of reading the tables there; the worker's imports are left out, for deepchecks
called directly has those, too. The wall clock is that of all of it, the imports left out: on a busy machine it says
little.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from mlgate.engines import Bounds, ask
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score
from mlgate_deepchecks.asking import results_of
from mlgate_deepchecks.describing import described
from mlgate_deepchecks.engine import deepchecks
from mlgate_deepchecks.tables import Answers, batches

WORKER = Path(__file__).with_name("deepchecks_overhead_worker.py")
PLANNED: Mapping[str, Mapping[str, Any]] = {
    "deepchecks.DatasetsSizeComparison": {"seed": 42, "seconds": 600, "memory_gib": 4.0}
}


def main() -> None:
    """Print the medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    sides = {name: made(options.rows, options.columns, seed) for seed, name in enumerate(("train", "test"))}
    for scored in sides.values():
        assert scored.rows == options.rows
    found = [once(sides, options.rows) for _ in range(options.runs)]
    host, starting, reading, clock = (median(each[place] for each in found) for place in range(4))
    print(f"host {host:.2f} CPU s, starting {starting:.2f} CPU s, reading {reading:.2f} CPU s")
    print(f"together {median(sum(each[:3]) for each in found):.2f} CPU s, on the clock {clock:.2f} s")


def once(sides: Mapping[str, ScoredTable], rows: int) -> tuple[float, float, float, float]:
    """CPU seconds of this process, of the worker's start and of its reading, and seconds of the clock for them all."""
    engine = replace(deepchecks(), worker=WORKER)
    told: list[Mapping[str, Any]] = []

    def asked(body: Mapping[str, Any], tables: Mapping[str, Any], bounds: Bounds) -> Any:
        answer = ask(engine, body, tables, bounds)
        assert answer.failure is None, answer.failure
        told.extend(item for item in answer.items if "read" in item)
        return answer

    started, clock = time.process_time(), time.perf_counter()
    answers = {name: Answers.of(scored) for name, scored in sides.items()}
    about = described(Columns(label="y"), {name: each.table for name, each in sides.items()}, sides["test"], answers)
    results = results_of(
        PLANNED, about, lambda: {name: batches(each.table, answers[name]) for name, each in sides.items()}, asked, rows
    )
    results.measurement(next(iter(PLANNED)))
    (said,) = told
    passed = time.perf_counter() - clock - said["imports"]
    return time.process_time() - started, said["start"], said["read"], passed


def made(rows: int, columns: int, seed: int) -> ScoredTable:
    """Half of the columns are numbers, the others words."""
    random = np.random.default_rng(seed)
    words = np.array([f"word {place}" for place in range(50)])
    data: dict[str, Any] = {f"n{place}": random.standard_normal(rows) for place in range(columns // 2)}
    data |= {f"w{place}": words[random.integers(0, 50, rows)] for place in range(columns - columns // 2)}
    label = random.integers(0, 2, rows)
    scores = np.clip(label * 0.3 + random.random(rows) * 0.7, 0, 1)
    answers = Predictions.scores(np.column_stack((1 - scores, scores)), (0, 1))
    return score(Table.of(pl.DataFrame({**data, "y": label})), Columns(label="y"), None, answers, None)


if __name__ == "__main__":
    main()
