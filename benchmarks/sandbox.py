"""What it costs to open and predict in a confined process: CPU seconds of both processes, and the peak memory.

`python benchmarks/sandbox.py [ROWS] [ROUNDS]`: a logistic regression and a forest on 20 columns, in the gate's own
process and in a confined one, interleaved; each way in a fresh Python.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COLUMNS = 20


def main() -> None:
    rows, rounds = (int(word) for word in (*sys.argv[1:3], "1000000", "3")[:2])
    with tempfile.TemporaryDirectory() as folder:
        files = _models(Path(folder))
        for name, file in files.items():
            taken: dict[str, list[dict[str, float]]] = {"here": [], "confined": []}
            for _ in range(rounds):
                for way, found in taken.items():
                    found.append(_measured(file, way, rows))
            for way, found in taken.items():
                print(name, way, json.dumps({key: _middle(found, key) for key in found[0]}))


def _middle(found: list[dict[str, float]], key: str) -> str:
    values = sorted(each[key] for each in found)
    return f"{statistics.median(values):.2f} ({values[0]:.2f} to {values[-1]:.2f})"


def _measured(file: Path, way: str, rows: int) -> dict[str, float]:
    command = [sys.executable, __file__, "one", str(file), way, str(rows)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def _models(folder: Path) -> dict[str, Path]:
    import joblib
    import numpy as np
    import pandas as pd
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression

    random = np.random.default_rng(1)
    frame = pd.DataFrame(random.normal(size=(5000, COLUMNS)), columns=[f"c{i}" for i in range(COLUMNS)])
    label = (frame["c0"] + random.normal(size=5000) > 0).astype(int)
    models = {"logistic": LogisticRegression(), "forest": RandomForestClassifier(20, max_depth=8, random_state=0)}
    for name, model in models.items():
        joblib.dump(model.fit(frame, label), folder / f"{name}.joblib")
    return {name: folder / f"{name}.joblib" for name in models}


def one(file: str, way: str, rows: int) -> None:
    """Open and predict in this process, and print what that took."""
    import numpy as np
    import polars as pl

    from mlgate.opening import open_model, predict
    from mlgate.opening.pickles import PickleOpener
    from mlgate.tabular import Columns, Table

    random = np.random.default_rng(2)
    table = Table.of(pl.DataFrame({f"c{i}": random.normal(size=rows) for i in range(COLUMNS)}))
    opener = PickleOpener()
    begun, clock = _cpu(), time.perf_counter()
    model = open_model(opener.locate(file), opener, confined=way == "confined")
    predict(
        model, table.__class__.of(table.collect().head(1)), Columns()
    )  # what is imported late is a cost of starting
    ready = time.perf_counter() - clock
    middle = time.perf_counter()
    predict(model, table, Columns())
    predicting = time.perf_counter() - middle
    model.close()
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    print(
        json.dumps(
            {
                "cpu of all": _cpu() - begun,
                "wall to the first row": ready,
                "wall of the rows": predicting,
                "peak MiB here": resource.getrusage(kinds[0]).ru_maxrss / 1024,
                "peak MiB there": resource.getrusage(kinds[1]).ru_maxrss / 1024,
            }
        )
    )


def _cpu() -> float:
    used = [resource.getrusage(kind) for kind in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        one(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main()
