"""The trusted half of a server: starts confined workers on one listening socket, and new ones for those that die.

It opens no model and reads nothing that a worker says: the gate's setup comes in on standard input, and goes on to each
worker by that worker's own. Workers share the socket, as those of `uvicorn --workers` do.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from mlgate.sandbox.confining import Confinement
from mlgate.sandbox.frames import read_frame, write_frame
from mlgate_load.serving.booting import command
from mlgate_load.serving.watching import end_with_parent

_LOOK = 0.5  # seconds between two looks at the workers: uvicorn's own
_MOST = 1 << 20


def main() -> None:
    """Until the gate is gone; with one worker, until that one ends."""
    setup = read_frame(sys.stdin.buffer, _MOST).header
    threading.Thread(target=end_with_parent, daemon=True).start()
    workers = [_started(setup) for _ in range(setup["workers"])]
    if len(workers) == 1:
        code = workers[0].wait()
        sys.exit(code if code >= 0 else 128 - code)
    while True:
        time.sleep(_LOOK)
        workers = [each if each.poll() is None else _started(setup) for each in workers]


def _started(setup: Mapping[str, Any]) -> subprocess.Popen[bytes]:
    """A worker, by the thread that lives as long as this process: Linux ends it with that."""
    confinement = replace(Confinement.from_json(setup["confinement"]), parent=os.getpid())
    worker = subprocess.Popen(  # noqa: S603  # nosec B603 (this Python and our own words)
        command("mlgate_load.serving.worker"), stdin=subprocess.PIPE, pass_fds=(setup["socket"],)
    )
    assert worker.stdin is not None
    with suppress(BrokenPipeError):  # it ended at once, which the next look tells
        write_frame(worker.stdin, {**setup, "confinement": confinement.to_json()})
    return worker
