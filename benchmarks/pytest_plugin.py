"""What the pytest plugin costs a run that uses no gate.

Run: python benchmarks/pytest_plugin.py
CPU milliseconds (user + system) of whole processes that collect one empty test file, with our plugin and with
`-p no:mlgate` in turn; the cost is the median of the differences pair by pair. Other installed plugins are switched
off in both. The import is timed alone too, after pytest's own.

With `--beside PYTHON`, an interpreter that has the same pytest and no mlgate, that one runs instead of `-p no:mlgate`:
then what pytest does for every installed plugin counts too, as reading the list of its files.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path

PAIRS = 60
IMPORT = "import time, pytest; t = time.process_time(); import mlgate.pytest_plugin; print(time.process_time() - t)"


def cpu_of(command: Sequence[str], folder: Path) -> float:
    """CPU milliseconds of one finished child process."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}  # users have their bytecode kept
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def others() -> list[str]:
    """Options that switch the other installed plugins off."""
    names = {entry.name for entry in entry_points(group="pytest11")} - {"mlgate"}
    return [option for name in sorted(names) for option in ("-p", f"no:{name}")]


def collecting(folder: Path, beside: str | None) -> tuple[float, float]:
    """Median milliseconds without the plugin, and what the plugin adds."""
    options = ["-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *others()]
    ours = [sys.executable, *options]
    without = [beside, *options] if beside else [*ours, "-p", "no:mlgate"]
    for command in (ours, without):
        cpu_of(command, folder)  # compiles what has to be compiled
    pairs = [(cpu_of(without, folder), cpu_of(ours, folder)) for _ in range(PAIRS)]
    return statistics.median(a for a, _ in pairs), statistics.median(b - a for a, b in pairs)


def importing() -> float:
    """Median milliseconds of the import."""
    runs = [subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, check=True) for _ in range(PAIRS // 3)]
    return statistics.median(1000 * float(run.stdout) for run in runs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--beside", metavar="PYTHON")
    beside = parser.parse_args().beside
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "test_empty.py").write_text("")
        without, added = collecting(folder, beside)
    print("| what | CPU ms |\n|---|--:|")
    print(f"| `pytest --collect-only` of an empty file, without the plugin | {without:.0f} |")
    print(f"| what the unused plugin adds ({PAIRS} pairs) | {added:.1f} |")
    print(f"| `import mlgate.pytest_plugin` alone | {importing():.1f} |")


if __name__ == "__main__":
    main()
