"""What mlgate costs before it measures anything: `--help` beside `import click`, and its own overhead per check.

Run: python benchmarks/start_up.py
CPU seconds (user + system) of whole processes, the two commands in turn, median of the ratios pair by pair.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PAIRS = 15
CHECKS = 1000


def cpu_of(command: list[str]) -> float:
    """CPU seconds of one finished child process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def help_beside_click() -> tuple[float, float, float]:
    """Median CPU seconds of `import click` and of `mlgate --help`, and the median ratio."""
    python = sys.executable
    pairs = [(cpu_of([python, "-c", "import click"]), cpu_of([python, "-m", "mlgate", "--help"])) for _ in range(PAIRS)]
    ratio = statistics.median(ours / theirs for theirs, ours in pairs)
    return statistics.median(theirs for theirs, _ in pairs), statistics.median(ours for _, ours in pairs), ratio


def overhead_per_check() -> float:
    """Wall milliseconds per check of a run of a thousand checks that do nothing, record and journal included."""
    from mlgate.gate import GateRequest, run_gate

    body = "from mlgate import Measurement, check\n" + "".join(
        f"@check('toy.c{n}', default={{'at_least': 0}})\n"
        f"def c{n}():\n    'Does nothing.'\n    return Measurement.exact(1, n=1)\n"
        for n in range(CHECKS)
    )
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "mlgate_checks.py").write_text(body)
        request = GateRequest(folder=folder, only=("toy.*",))
        run_gate(request)  # the first pays for imports
        started = time.perf_counter()
        run_gate(request)
        return (time.perf_counter() - started) / CHECKS * 1000


def main() -> None:
    theirs, ours, ratio = help_beside_click()
    print("| what | figure |\n|---|---|")
    print(f"| `python -c 'import click'` | {theirs:.3f} CPU s |")
    print(f"| `mlgate --help` | {ours:.3f} CPU s, {ratio:.2f}x |")
    print(f"| own overhead per trivial check ({CHECKS:,} checks, everything kept) | {overhead_per_check():.3f} ms |")


if __name__ == "__main__":
    os.environ.setdefault("CI", "true")
    main()
