"""Data larger than what is held at a time: ten million rows of twenty columns, judged within a bound of memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROWS = 10_000_000
ROWS_PER_GROUP = 250_000
LIMIT = 2 << 30
JUDGE = """
import sys
from mlgate.tabular import Columns, Table
from mlgate_data.engine.data import data_of, run_planned
from mlgate_data.plugin import checks

known = {check.id: check for check in checks() if not any(option.required for option in check.options)}
planned = {id: {option.name: option.default for option in check.options} for id, check in known.items()}
numbers = {f"n{place}": {"nullable": False, "min": 0, "mean": [0, 1e9]} for place in range(12)}
texts = {f"t{place}": {"regex": "^v", "max_length": 9} for place in range(6)}
keys = {"id": {"unique": True}, "scattered": {"unique": True}}
planned["data.schema"]["columns"] = {**numbers, **texts, **keys}
table = Table.scan(sys.argv[1])
data = data_of(Columns(label="t0"), table, table)
run_planned(data, known, planned)
for id, ended in data.ended.items():
    if ended.measurement is None:
        assert type(ended.error).__name__ == "NotApplicable", (id, ended.error)
schema = next(ended.measurement for id, ended in data.ended.items() if id.startswith("data.schema "))
assert schema.findings == (), schema.findings
# ru_maxrss would tell this process's or its parent's peak, whichever is larger.
print(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0])
"""


def _parts() -> Iterator[pa.Table]:
    """An id that counts up, one that does not, twelve numbers and six texts."""
    for start in range(0, ROWS, ROWS_PER_GROUP):
        place = pl.int_range(start, start + ROWS_PER_GROUP)
        few = (place % (10 ** (number % 3 + 1)) for number in range(6))
        yield pl.select(
            place.alias("id"),
            (place * 7_919 % ROWS).alias("scattered"),
            *((place * (number + 3) % (1_000 + number)).cast(pl.Float64).alias(f"n{number}") for number in range(12)),
            *(("v" + each.cast(pl.String)).alias(f"t{number}") for number, each in enumerate(few)),
        ).to_arrow(compat_level=pl.CompatLevel.oldest())


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """The file, written part by part."""
    parts = _parts()
    first = next(parts)
    with pq.ParquetWriter(tmp_path / "large.parquet", first.schema) as writer:
        for part in chain([first], parts):
            writer.write_table(part)
    return tmp_path / "large.parquet"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from Linux's /proc")
def test_ten_million_rows_are_judged_under_two_gib(large: Path) -> None:
    """Every data check, on a training and a test table of this size."""
    done = subprocess.run([sys.executable, "-c", JUDGE, str(large)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) * 1024 < LIMIT
