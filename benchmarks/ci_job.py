"""What the step of a CI job costs after installation: deciding again from a record, and judging with kept predictions.

    python benchmarks/ci_job.py [ROWS] [RUNS]

The step of the GitHub action is run as its runner runs it, reports included. CPU seconds of all its processes, and the
time by the wall; the first run is left out.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

STEP = Path(__file__).resolve().parents[1] / "ci" / "github-action" / "check.py"
TRAIN = """
import sys
import joblib
import pandas as pd
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

rows = int(sys.argv[1])
values, late = make_classification(2 * rows, 20, n_informative=8, weights=[0.7], flip_y=0.2, random_state=1)
table = pd.DataFrame(values).add_prefix("f").assign(late=late, region=["north", "south"] * rows)
inputs = [name for name in table if name.startswith("f")]
table[:rows].to_parquet("train.parquet")
table[rows:].to_parquet("test.parquet")
joblib.dump(LogisticRegression(max_iter=500).fit(table[:rows][inputs], late[:rows]), "champion.joblib")
joblib.dump(HistGradientBoostingClassifier(random_state=1).fit(table[:rows][inputs], late[:rows]), "candidate.joblib")
"""
GATE = """\
version = 1
[candidate]
model = "candidate.joblib"
[champion]
model = "champion.joblib"
[data]
train = "train.parquet"
test = "test.parquet"
label = "late"
slices = ["region"]
"""


def main(rows: int, runs: int) -> None:
    """Print one line per kind of job."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        subprocess.run([sys.executable, "-c", TRAIN, str(rows)], cwd=place, check=True)
        (place / "mlgate.toml").write_text(GATE, encoding="utf-8")
        step(place, {})
        record = (place / "temp" / "mlgate" / "record.json").rename(place / "measured.json")
        jobs: dict[str, Mapping[str, str]] = {"decide": {"MLGATE_INPUT_RECORD": str(record)}, "judge, kept": {}}
        took: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
        for _ in range(runs):
            for name, inputs in jobs.items():
                took[name].append(step(place, inputs))
    for name, measured in took.items():
        cpu, wall = zip(*measured, strict=True)
        print(f"{name:<12} CPU {median(cpu):5.2f} s ({min(cpu):.2f} to {max(cpu):.2f}), wall {median(wall):5.2f} s")


def step(place: Path, inputs: Mapping[str, str]) -> tuple[float, float]:
    """CPU and wall seconds of one step."""
    temp = place / "temp"
    temp.mkdir(exist_ok=True)
    files = {name: str(temp / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    environment = {**os.environ, "RUNNER_TEMP": str(temp), "MLGATE_INPUT_MODE": "observe", **files, **inputs}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [sys.executable, str(STEP)],
        cwd=place,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.perf_counter() - started


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, int(sys.argv[2]) if len(sys.argv) > 2 else 5)
