"""Child processes that end by their own handle, and with the gate, however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import IO, Any, Self

import psutil

from mlgate.sandbox.frames import write_frame

_GRACE = 3.0


class Owned:
    """A process in a session of its own. It watches its standard input, which this one holds open: when the gate is
    killed, the input ends and so does the process. Leaving the context ends it and all that it started."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: IO[bytes],
        env: Mapping[str, str],
        cwd: str | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.started = time.time()
        self.process = subprocess.Popen(  # noqa: S603  # nosec B603 (this Python and our own words)
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            pass_fds=pass_fds,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def tell(self, setup: Mapping[str, Any]) -> None:
        """Send it what it waits for on its standard input."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended already, which is told by whoever waits for it
            write_frame(self.process.stdin, setup)

    def tree(self) -> list[psutil.Process]:
        """This process and all below it that live."""
        return tree_of(self.process.pid)

    def end(self) -> None:
        """Ask it to end, and end it: the group by its own number, and whatever left the group."""
        below = self.tree()
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_GRACE)
        self._signal(signal.SIGKILL)
        for each in below:
            try:
                each.kill()
            except psutil.NoSuchProcess:
                continue
        self.process.wait()
        psutil.wait_procs(below, timeout=_GRACE)
        self._close()

    def _signal(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.process.pid, number)
        except (ProcessLookupError, PermissionError):
            return

    def _close(self) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()


def tree_of(pid: int) -> list[psutil.Process]:
    """The process and all below it that live; none where it is gone."""
    try:
        root = psutil.Process(pid)
        return [each for each in (root, *root.children(recursive=True)) if each.status() != psutil.STATUS_ZOMBIE]
    except psutil.NoSuchProcess:
        return []
