"""CPU time of scanning: array data per second, and a model of scikit-learn after imports.

python benchmarks/scan.py
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import joblib
import numpy as np
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier

from mlgate import scan_model


def main() -> None:
    """One line per file."""
    rows, label = make_classification(4000, 20, random_state=0)
    forest = RandomForestClassifier(100, random_state=0).fit(rows, label)
    with tempfile.TemporaryDirectory() as folder:
        for name, value, compress in (
            ("arrays", np.random.default_rng(0).normal(size=64 << 20 >> 3), 0),
            ("arrays, gzip", np.random.default_rng(0).normal(size=64 << 20 >> 3), ("gzip", 1)),
            ("forest", forest, 0),
        ):
            path = Path(folder, "model")
            joblib.dump(value, path, compress=compress)
            began = time.process_time()
            found = scan_model(path)
            took = time.process_time() - began
            size = path.stat().st_size / 2**20
            print(f"{name:14} {size:6.1f} MiB {took * 1000:8.1f} ms {size / took:10.0f} MiB/s, {len(found)} findings")


if __name__ == "__main__":
    main()
