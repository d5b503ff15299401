"""Whether the cost of all data checks is linear in the number of columns.

Run: python benchmarks/data_columns.py [--columns 1000 5000] [--rows 2000] [--repeat 3]
Two frames of random numbers, a tenth of the columns text; every check of the family, `data.schema` with three rules per
column. CPU seconds (user + system, all threads) in a process that has done a small run before, medians, in turn.
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np
import polars as pl

from mlgate.tabular import Columns, Table
from mlgate_data.engine.data import data_of, run_planned
from mlgate_data.plugin import checks


def frame(columns: int, rows: int) -> pl.DataFrame:
    draw = np.random.default_rng(columns)
    numbers = pl.DataFrame(draw.normal(size=(rows, columns)), schema=[f"c{place}" for place in range(columns)])
    texts = [(pl.col(f"c{place}") > 0).cast(pl.String) for place in range(0, columns, 10)]
    return numbers.with_columns(texts)


def judge(columns: int, rows: int) -> float:
    """CPU seconds of all checks on one pair of tables."""
    table = frame(columns, 2 * rows)
    known = {check.id: check for check in checks() if not any(option.required for option in check.options)}
    planned: dict[str, dict[str, object]] = {
        id: {option.name: option.default for option in check.options} for id, check in known.items()
    }
    rules = {
        name: {"nullable": False, "type": "float", "min": -9}
        for name in table.columns
        if table[name].dtype == pl.Float64
    }
    planned["data.schema"]["columns"] = rules
    start = time.process_time()
    data = data_of(Columns(), Table.of(table.head(rows)), Table.of(table.tail(rows)))
    run_planned(data, known, planned)
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--columns", type=int, nargs="+", default=[1_000, 5_000])
    parser.add_argument("--rows", type=int, default=2_000)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    judge(20, 500)
    spent: dict[int, list[float]] = {columns: [] for columns in given.columns}
    for _ in range(given.repeat):
        for columns in given.columns:
            spent[columns].append(judge(columns, given.rows))
    for columns, seconds in spent.items():
        each = statistics.median(seconds)
        print(f"{columns:6,} columns  {each:7.2f} CPU s  {1_000 * each / columns:6.2f} ms per column", flush=True)


if __name__ == "__main__":
    main()
