"""The environment in which deepchecks runs, and the program that runs it there.

deepchecks is under the AGPL-3.0 and is no part of this distribution: it is installed by the user's package manager into
an environment of its own, and `worker.py` uses it there as a separate program. No module here imports it.
"""

from __future__ import annotations

from pathlib import Path

from mlgate.engines import Engine, Pythons

_HERE = Path(__file__).parent
_QUIET = {
    "DISABLE_DEEPCHECKS_ANONYMOUS_TELEMETRY": "true",
    "DISABLE_LATEST_VERSION_CHECK": "true",
    "MPLBACKEND": "agg",
}


def pins() -> tuple[str, ...]:
    """What `pins.txt` lists: the newest versions, found by trying, under which no check of any suite errs."""
    lines = (_HERE / "pins.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def deepchecks() -> Engine:
    """The engine as it is declared; scikit-learn 1.3 has wheels up to Python 3.12, and SciPy 1.17 from 3.11 on."""
    return Engine(
        "deepchecks",
        Pythons((3, 11), (3, 12)),
        pins(),
        _HERE / "worker.py",
        _QUIET,
        about="Suites of tests for data and models (AGPL-3.0).",
    )
