"""Sixty schema rules on twenty columns of Parquet, beside polars' own decoding and other validators.

Run: python benchmarks/data_schema.py 1000000 10000000 [--repeat 3] [--folder DIR]
         [--pandera PYTHON] [--pointblank PYTHON] [--great-expectations PYTHON]
Every engine runs in a fresh process, reading included and imports not (a thousand rows go first), all of them in turn;
the figures are medians of CPU seconds (user + system, all threads) and of the process's peak memory. `floor` decodes
every column once and looks at nothing. A peer runs where its interpreter is named, each in an environment of its own:
pandera[polars], pointblank with polars, great_expectations with pyarrow. The last one runs once.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

FLOATS = [f"f{number}" for number in range(8)]
WHOLES = [f"i{number}" for number in range(4)]
TEXTS = ["country", "city", "status", "email", "phone"]
COLUMNS = ["id", "time", *FLOATS, *WHOLES, "flag", *TEXTS]
OPTIONAL = ("f1", "city")
COUNTRIES, STATUS = ["DE", "FR", "US", "GB", "IT", "ES"], ["active", "closed", "frozen"]
EMAIL, PHONE, CITY = r"^[^@\s]+@[^@\s]+\.[a-z]+$", r"^\+\d{2}\d+$", r"^city\d{3}$"
LOW, HIGH, FRESH = -1_000, 20_000, datetime(2025, 1, 1)
ROWS_PER_GROUP = 250_000


def make(path: Path, rows: int) -> None:
    """Twenty mixed columns: an id, a rising time, numbers with gaps, flags, few and many texts."""
    import numpy as np
    import polars as pl
    import pyarrow.parquet as pq

    draw = np.random.default_rng(1)
    writer = None
    for start in range(0, rows, ROWS_PER_GROUP):
        count = min(ROWS_PER_GROUP, rows - start)
        place = np.arange(start, start + count)
        frame = pl.DataFrame(
            {
                "id": place,
                "time": np.datetime64("2025-01-01T00:00:00", "us") + place.astype("timedelta64[s]"),
                **{name: draw.normal(10 * number, 1 + number, count) for number, name in enumerate(FLOATS)},
                **{name: draw.integers(0, 10 ** (number + 1), count) for number, name in enumerate(WHOLES)},
                "flag": draw.random(count) < 0.3,
                "country": np.array(COUNTRIES)[draw.integers(0, 6, count)],
                "city": np.array([f"city{number:03d}" for number in range(300)])[draw.integers(0, 300, count)],
                "status": np.array(STATUS)[draw.integers(0, 3, count)],
            }
        ).with_columns(
            email=pl.lit("user") + pl.Series(draw.integers(0, 10**7, count)).cast(pl.String) + "@example.com",
            phone=pl.lit("+49") + pl.Series(draw.integers(10**6, 10**7, count)).cast(pl.String),
            f1=pl.when(pl.Series(draw.random(count)) < 0.05).then(None).otherwise("f1"),
            city=pl.when(pl.Series(draw.random(count)) < 0.02).then(None).otherwise("city"),
        )
        arrow = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        writer = writer or pq.ParquetWriter(path, arrow.schema, compression="zstd")
        writer.write_table(arrow)
    if writer is not None:
        writer.close()


def floor(path: str) -> int:
    """Decode every column once."""
    import polars as pl

    for _ in pl.scan_parquet(path).collect_batches():
        pass
    return 0


def gate_file_rules() -> dict[str, dict[str, Any]]:
    """The sixty rules in the words of a gate file."""
    rules: dict[str, dict[str, Any]] = {name: {"nullable": False} for name in COLUMNS}
    for name in OPTIONAL:
        rules[name] = {}
    for name in FLOATS:
        rules[name] |= {"type": "float", "min": LOW, "max": HIGH}
    for name in (*WHOLES, "id"):
        rules[name] |= {"type": "int", "min": 0}
    for name in TEXTS:
        rules[name] |= {"type": "text"}
    rules["id"] |= {"unique": True}
    rules["time"] |= {"type": "datetime", "order": "increasing", "greatest": {"min": FRESH.isoformat()}}
    rules["flag"] |= {"type": "bool"}
    rules["country"] |= {"allowed": COUNTRIES, "max_length": 2}
    rules["status"] |= {"allowed": STATUS}
    rules["city"] |= {"regex": CITY}
    rules["email"] |= {"regex": EMAIL}
    rules["phone"] |= {"regex": PHONE}
    for name in ("f0", "f1"):
        rules[name] |= {"mean": [-50, 50], "std": [0, 10]}
    return rules


def mlgate(path: str) -> int:
    from mlgate.tabular import Columns, Table
    from mlgate_data.engine.data import data_of
    from mlgate_data.schema.check import schema_check

    data = data_of(Columns(), Table.scan(path), None)
    return len(schema_check(data, columns=gate_file_rules(), rows={"min": 1}).findings)


def pandera(path: str) -> int:
    import polars as pl

    pa: Any = importlib.import_module("pandera.polars")

    def band(low: float, high: float, statistic: str) -> Any:
        return pa.Check(
            lambda data: data.lazyframe.select(getattr(pl.col(data.key), statistic)().is_between(low, high)),
            name=statistic,
        )

    def column(name: str, dtype: Any, *checks: Any, unique: bool = False) -> Any:
        return pa.Column(dtype, list(checks), nullable=name in OPTIONAL, unique=unique)

    rising = pa.Check(
        lambda data: data.lazyframe.select(pl.col(data.key).diff().fill_null(pl.duration()) >= pl.duration())
    )
    fresh = pa.Check(lambda data: data.lazyframe.select(pl.col(data.key).max() >= FRESH))
    bands = {name: [band(-50, 50, "mean"), band(0, 10, "std")] for name in ("f0", "f1")}
    schema = pa.DataFrameSchema(
        {
            "id": column("id", pl.Int64, pa.Check.ge(0), unique=True),
            "time": column("time", pl.Datetime("us"), rising, fresh),
            **{name: column(name, pl.Float64, pa.Check.in_range(LOW, HIGH), *bands.get(name, [])) for name in FLOATS},
            **{name: column(name, pl.Int64, pa.Check.ge(0)) for name in WHOLES},
            "flag": column("flag", pl.Boolean),
            "country": column("country", pl.String, pa.Check.isin(COUNTRIES), pa.Check.str_length(None, 2)),
            "city": column("city", pl.String, pa.Check.str_matches(CITY)),
            "status": column("status", pl.String, pa.Check.isin(STATUS)),
            "email": column("email", pl.String, pa.Check.str_matches(EMAIL)),
            "phone": column("phone", pl.String, pa.Check.str_matches(PHONE)),
        },
        checks=[pa.Check(lambda data: data.lazyframe.select(pl.len() >= 1))],
    )
    try:
        schema.validate(pl.read_parquet(path), lazy=True)
    except pa.errors.SchemaErrors as errors:
        return len(errors.schema_errors)
    return 0


def pointblank(path: str) -> int:
    import polars as pl

    pb: Any = importlib.import_module("pointblank")

    frame = pl.read_parquet(path)
    types = {
        **dict.fromkeys(("id", *WHOLES), "Int64"),
        "time": "Datetime(time_unit='us', time_zone=None)",
        **dict.fromkeys(FLOATS, "Float64"),
        "flag": "Boolean",
        **dict.fromkeys(TEXTS, "String"),
    }
    plan = (
        pb.Validate(frame)
        .col_schema_match(pb.Schema(columns=list(types.items())), in_order=False)
        .col_vals_not_null([name for name in COLUMNS if name not in OPTIONAL])
        .col_vals_between(FLOATS, LOW, HIGH, na_pass=True)
        .col_vals_ge(["id", *WHOLES], 0)
        .rows_distinct(columns_subset=["id"])
        .col_vals_in_set("country", COUNTRIES)
        .col_vals_in_set("status", STATUS)
        .col_vals_regex("city", CITY, na_pass=True)
        .col_vals_regex("email", EMAIL)
        .col_vals_regex("phone", PHONE)
        .col_vals_expr(pl.col("country").str.len_chars() <= 2)
        .col_vals_expr(pl.col("time").diff().fill_null(pl.duration()) >= pl.duration())
        .col_vals_expr(pl.col("time").max() >= FRESH)
    )
    for name in ("f0", "f1"):
        plan = plan.col_vals_expr(pl.col(name).mean().is_between(-50, 50))
        plan = plan.col_vals_expr(pl.col(name).std().is_between(0, 10))
    done = plan.interrogate(collect_extracts=False)
    return sum(count or 0 for count in done.n_failed().values())


def great_expectations(path: str) -> int:
    import pandas as pd

    gx: Any = importlib.import_module("great_expectations")

    batch = (
        gx.get_context(mode="ephemeral")
        .data_sources.add_pandas("pandas")
        .add_dataframe_asset("rows")
        .add_batch_definition_whole_dataframe("all")
        .get_batch({"dataframe": pd.read_parquet(path)})
    )
    of = gx.expectations
    suite = gx.ExpectationSuite("sixty")
    stated = [of.ExpectTableRowCountToBeBetween(min_value=1)]
    stated += [of.ExpectColumnValuesToNotBeNull(column=name) for name in COLUMNS if name not in OPTIONAL]
    stated += [of.ExpectColumnValuesToBeOfType(column=name, type_="float64") for name in FLOATS]
    stated += [of.ExpectColumnValuesToBeOfType(column=name, type_="int64") for name in ("id", *WHOLES)]
    stated += [of.ExpectColumnValuesToBeBetween(column=name, min_value=LOW, max_value=HIGH) for name in FLOATS]
    stated += [of.ExpectColumnValuesToBeBetween(column=name, min_value=0) for name in ("id", *WHOLES)]
    stated += [of.ExpectColumnValuesToBeInSet(column="country", value_set=COUNTRIES)]
    stated += [of.ExpectColumnValuesToBeInSet(column="status", value_set=STATUS)]
    stated += [of.ExpectColumnValueLengthsToBeBetween(column="country", max_value=2)]
    patterns = (("city", CITY), ("email", EMAIL), ("phone", PHONE))
    stated += [of.ExpectColumnValuesToMatchRegex(column=name, regex=pattern) for name, pattern in patterns]
    stated += [
        of.ExpectColumnValuesToBeUnique(column="id"),
        of.ExpectColumnMaxToBeBetween(column="time", min_value=FRESH),
    ]
    for name in ("f0", "f1"):
        stated += [of.ExpectColumnMeanToBeBetween(column=name, min_value=-50, max_value=50)]
        stated += [of.ExpectColumnStdevToBeBetween(column=name, min_value=0, max_value=10)]
    for each in stated:
        suite.add_expectation(each)
    return sum(1 for result in batch.validate(suite, result_format="BOOLEAN_ONLY").results if not result.success)


ENGINES: Mapping[str, Callable[[str], int]] = {
    "floor": floor,
    "mlgate": mlgate,
    "pandera": pandera,
    "pointblank": pointblank,
    "great_expectations": great_expectations,
}

PEERS = ("pandera", "pointblank", "great_expectations")


def measure(engine: str, small: str, path: str) -> dict[str, float]:
    """One run in this process, after a small one that pays for imports: CPU and wall seconds, the peak in MB."""
    ENGINES[engine](small)
    cpu, wall = time.process_time(), time.perf_counter()
    failed = ENGINES[engine](path)
    spent = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    return {**spent, "peak": _peak(), "failed": failed}


def _peak() -> float:
    """This process's largest memory in MB. `ru_maxrss` would tell the parent's, where that was larger."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def compare(small: Path, path: Path, repeat: int, pythons: Mapping[str, str]) -> None:
    """All engines that have an interpreter in turn, and their medians beside the floor's."""
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in pythons}
    for turn in range(repeat):
        for name, python in pythons.items():
            if turn == 0 or name != "great_expectations":
                runs[name].append(_in_child(python, name, small, path))
    base = _median(runs["floor"], "cpu")
    print(f"{'':20}{'CPU s':>8}{'x floor':>9}{'wall s':>8}{'peak MB':>9}{'failed':>8}")
    for name, each in runs.items():
        cpu, wall, peak = (_median(each, key) for key in ("cpu", "wall", "peak"))
        print(f"{name:20}{cpu:8.2f}{cpu / base:9.2f}{wall:8.2f}{peak:9.0f}{each[0]['failed']:8.0f}", flush=True)


def _in_child(python: str, engine: str, *paths: Path) -> dict[str, float]:
    command = [python, __file__, "--engine", engine, *map(str, paths)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _median(runs: list[dict[str, float]], key: str) -> float:
    return statistics.median(run[key] for run in runs)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("rows", nargs="+")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=None)
    for peer in PEERS:
        parser.add_argument(f"--{peer.replace('_', '-')}", metavar="PYTHON", help="an interpreter that has it")
    parser.add_argument("--engine", choices=ENGINES, help="one run in this process, for the comparison's own use")
    given = parser.parse_args()
    if given.engine:
        print(json.dumps(measure(given.engine, *given.rows)))
        return
    pythons = {"floor": sys.executable, "mlgate": sys.executable}
    pythons |= {peer: python for peer in PEERS if (python := getattr(given, peer))}
    with tempfile.TemporaryDirectory() as scratch:
        small = Path(scratch) / "small.parquet"
        make(small, 1_000)
        for rows in map(int, given.rows):
            path = (given.folder or Path(scratch)) / f"rows-{rows}.parquet"
            if not path.is_file():
                make(path, rows)
            print(f"\n{rows:,} rows, {path.stat().st_size / 1e6:,.0f} MB")
            compare(small, path, given.repeat, pythons)


if __name__ == "__main__":
    main()
