"""`python -m mlgate_load.generator plan.json`, or `worker HOST:PORT` for a worker of masters elsewhere.

Ends with the process that started it: that one holds its standard input open.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from pathlib import Path

import gevent
import locust  # noqa: F401  (first of all: it puts gevent under what is imported after it)

from mlgate_load.generator.distributed import run_master, run_worker
from mlgate_load.generator.running import run_alone
from mlgate_load.plan import read_plan

_ORPHANED = 3


def main(arguments: list[str]) -> None:
    """Run until the plan is done, or until nobody waits for it."""
    if arguments[0] == "worker":
        if arguments[2:] == ["--owned"]:
            gevent.spawn(_end_with_parent)
        with tempfile.TemporaryDirectory(prefix="mlgate-load-") as folder:
            run_worker(arguments[1], folder)
        if arguments[2:] != ["--owned"]:  # as new: a check may make several loads, and each has a master of its own
            os.execv(sys.executable, [sys.executable, "-m", "mlgate_load.generator", *arguments])  # noqa: S606  # nosec
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the gate ends this process when it has read what there is
    gevent.spawn(_end_with_parent)
    plan = read_plan(Path(arguments[0]))
    run_master(plan) if plan.workers else run_alone(plan)


def _end_with_parent() -> None:
    descriptor = sys.stdin.fileno()
    gevent.os.make_nonblocking(descriptor)
    while gevent.os.nb_read(descriptor, 1024):
        pass
    os._exit(_ORPHANED)


main(sys.argv[1:])
os._exit(0)  # Locust's greenlets need no long farewell
