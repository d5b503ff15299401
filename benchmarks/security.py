"""What security.code costs beside bandit's own command, in CPU seconds of all processes, runs interleaved.

    python benchmarks/security.py [--files 100] [--repeats 7]

The code is the first files of the standard library's that are neither tests nor tiny, copied into a model's folder.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from mlgate.testing import measure
from mlgate_security.code.check import code


class Candidate:
    """A model's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=7)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        model = Path(folder, "model")
        size = fill(model / "code", asked.files)
        runs = {"bandit": lambda: bandit(model), "security.code": lambda: check(model)}
        spent: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(asked.repeats):
            for name, run in runs.items():
                spent[name].append(cpu_seconds(run))
    print(f"{asked.files} files, {size / 1024:,.0f} KiB, median of {asked.repeats} interleaved runs, CPU seconds:")
    for name, seconds in spent.items():
        print(f"  {name:<14} {median(seconds):6.2f}  ({min(seconds):.2f} to {max(seconds):.2f})")
    print(f"  difference     {median(spent['security.code']) - median(spent['bandit']):+6.2f}")


def fill(folder: Path, files: int) -> int:
    """Copy `files` modules into `folder`; their bytes in all."""
    folder.mkdir(parents=True)
    library = Path(sysconfig.get_path("stdlib"))
    found = [path for path in sorted(library.glob("*/*.py")) if "test" not in str(path) and path.stat().st_size > 2_000]
    for number, path in enumerate(found[:files]):
        shutil.copyfile(path, folder / f"m{number}_{path.name}")
    return sum(path.stat().st_size for path in folder.iterdir())


def bandit(model: Path) -> None:
    command = [sys.executable, "-m", "bandit", "-q", "-r", "code", "-f", "json", "--exit-zero"]
    subprocess.run(command, cwd=model, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def check(model: Path) -> None:
    measure(code, candidate=Candidate(model), folder=model.parent)


def cpu_seconds(run: Callable[[], None]) -> float:
    before = _spent()
    run()
    return _spent() - before


def _spent() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main()
