"""CPU time of hashing and scanning: array data per second beside sha256sum and zlib, and a model after imports.

python benchmarks/scan.py [MIB_OF_ARRAYS] [RUNS]
"""

from __future__ import annotations

import hashlib
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from statistics import median

import joblib
import numpy as np
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier

from mlgate import scan_model
from mlgate.opening.digests import digest


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process and of the programs that it waits for."""
    began = time.process_time() + _of_children()
    work()
    return time.process_time() + _of_children() - began


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def inflate(path: Path) -> None:
    """zlib alone, into nothing: no scan of gzip can be faster than this."""
    stream = zlib.decompressobj(31)
    with path.open("rb") as file:
        while raw := file.read(1 << 20):
            stream.decompress(raw)


def report(name: str, size: float, works: dict[str, Callable[[], object]], runs: int) -> None:
    """One line per work, in interleaved runs."""
    took: dict[str, list[float]] = {each: [] for each in works}
    for _ in range(runs):
        for each, work in works.items():
            took[each].append(cpu(work))
    for each, times in took.items():
        middle, low, high = median(times), min(times), max(times)
        speed = f"{size / middle:8.0f} MiB/s"
        print(f"{name:22} {each:10} {middle * 1e3:8.1f} ms ({low * 1e3:.1f} to {high * 1e3:.1f}) {speed}")


def main(mib: int, runs: int) -> None:
    """Hashing, arrays as they are and compressed, a forest."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model")
        arrays = np.random.default_rng(0).normal(size=(mib << 20) >> 3)
        joblib.dump(arrays, path)
        report(f"{mib} MiB", mib, {"sha256sum": lambda: subprocess.run(["sha256sum", str(path)], check=True,
               stdout=subprocess.DEVNULL), "digest": lambda: digest(path),
               "hashlib": lambda: hashlib.file_digest(path.open("rb"), "sha256")}, runs)  # fmt: skip
        report(f"{mib} MiB", mib, {"scan": lambda: scan_model(path)}, runs)
        small = arrays[: (64 << 20) >> 3]
        for kind in ("gzip", "zlib", "bz2", "xz", "lzma"):
            joblib.dump(small if kind in ("gzip", "zlib") else small[: 1 << 20], path, compress=(kind, 1))
            size = (small if kind in ("gzip", "zlib") else small[: 1 << 20]).nbytes / 2**20
            works: dict[str, Callable[[], object]] = {"scan": lambda: scan_model(path)}
            if kind == "gzip":
                works["inflate"] = lambda: inflate(path)
            report(f"{size:.0f} MiB, {kind}", size, works, runs)
        rows, label = make_classification(2000, 20, random_state=0)
        joblib.dump(RandomForestClassifier(100, random_state=0).fit(rows, label), path)
        size = path.stat().st_size / 2**20
        report(f"forest, {size:.1f} MiB", size, {"scan": lambda: scan_model(path)}, runs)


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["1024"])[0]), int((sys.argv[2:] or ["5"])[0]))
