"""What mlgate costs beside deepchecks' own run: CPU seconds of handing over two tables and reading the answer.

    python benchmarks/deepchecks_overhead.py [--rows 100000] [--columns 20] [--runs 5]

Each run asks for one check that costs next to nothing, in deepchecks' real environment. Counted are the CPU seconds of
this process (verifying the environment, writing both tables with their answers, reading the result) and those that the
worker spends on reading the tables, with its imports left out: deepchecks called directly has those, too.
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
    host, reading = (median(each[place] for each in found) for place in (0, 1))
    print(f"host {host:.2f} CPU s, reading {reading:.2f} CPU s, together {host + reading:.2f} CPU s")


def once(sides: Mapping[str, ScoredTable], rows: int) -> tuple[float, float]:
    """CPU seconds of this process, and of the worker's reading."""
    engine = replace(deepchecks(), worker=WORKER)
    read: list[float] = []

    def asked(body: Mapping[str, Any], tables: Mapping[str, Any], bounds: Bounds) -> Any:
        answer = ask(engine, body, tables, bounds)
        assert answer.failure is None, answer.failure
        read.extend(float(str(item["read"])) for item in answer.items if "read" in item)
        return answer

    started = time.process_time()
    answers = {name: Answers.of(scored) for name, scored in sides.items()}
    about = described(Columns(label="y"), {name: each.table for name, each in sides.items()}, sides["test"], answers)
    results = results_of(
        PLANNED, about, lambda: {name: batches(each.table, answers[name]) for name, each in sides.items()}, asked, rows
    )
    results.measurement(next(iter(PLANNED)))
    return time.process_time() - started, sum(read)


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
