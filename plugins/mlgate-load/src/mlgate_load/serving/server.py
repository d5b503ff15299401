"""A scoring server of our own, from the gate's side: started from the scanned copy, health-checked, ended.

It is not started before the candidate is admitted. Who opens the model is confined as for any other check, and gets
none of the gate's secrets.
"""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import IO, Any, Self

import psutil

from mlgate import CheckError, NotApplicable, UsageError
from mlgate.sandbox.environment import environment
from mlgate_load.plan import Target
from mlgate_load.probing import Unanswered, get
from mlgate_load.processes import Owned
from mlgate_load.serving.booting import command
from mlgate_load.serving.confining import confined

_POLL = 0.05


class Server:
    """A served model. `seconds` is how long it took from its start to the first healthy answer."""

    def __init__(self, owned: Owned, target: Target, log: IO[bytes], home: Path, subject: Any) -> None:
        self._owned = owned
        self._log = log
        self._home = home
        self._subject = subject  # its private copy lives as long as this
        self.target = target
        self.seconds = 0.0

    @classmethod
    def start(cls, subject: Any, *, workers: int, patience: float, port: int, headers: Mapping[str, str]) -> Self:
        """Serve the subject's staged files. Raises `CheckError` where it is not healthy in time, `ModelError` where
        the scan keeps it closed, `NotApplicable` for what is no file."""
        subject.admit()
        if subject.path is None:
            raise NotApplicable(
                "the candidate is Python code or lives in memory, and only files can be served.",
                hint="Save it, or name a url.",
            )
        with _listening(port) as listening:
            home = Path(mkdtemp(prefix="mlgate-serving-"))
            own = home / "own"  # the model may write to it, and not to what lies beside it
            own.mkdir()
            log = (home / "log").open("w+b")
            descriptor, chosen = listening.fileno(), listening.getsockname()[1]
            setup = {**confined(subject.path, own), "workers": workers, "socket": descriptor}
            started = command("mlgate_load.serving.supervisor")
            owned = Owned(started, log=log, env=environment(str(own)), cwd=str(own), pass_fds=(descriptor,))
        target = Target("http", "127.0.0.1", chosen, "/invocations", dict(headers))
        server = cls(owned, target, log, home, subject)
        try:
            owned.tell(setup)
            server._await_health(patience)
        except BaseException:
            server.close()
            raise
        return server

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_alive(self) -> bool:
        return self._owned.process.poll() is None

    def tree(self) -> list[psutil.Process]:
        """Its processes, the first one first."""
        return self._owned.tree()

    def last_words(self) -> str:
        """The end of what it printed."""
        self._log.flush()
        text = (self._home / "log").read_bytes()[-4096:].decode("utf-8", "replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return lines[-1][:300] if lines else "it printed nothing"

    def close(self) -> None:
        """End it with all that it started."""
        self._owned.end()
        self._log.close()
        shutil.rmtree(self._home, ignore_errors=True)

    def _await_health(self, patience: float) -> None:
        began = time.monotonic()
        while time.monotonic() - began < patience:
            if not self.is_alive:
                raise CheckError(
                    f"The model's server ended before it answered (exit code {self._owned.process.returncode}): "
                    f"{self.last_words()}.",
                    hint="`mlflow models serve --env-manager local` shows the same; is all installed that it needs?",
                )
            try:
                if get(self.target, "/health", _POLL * 20).status == 200:
                    self.seconds = time.monotonic() - began
                    return
            except Unanswered:
                time.sleep(_POLL)
        raise CheckError(
            f"The model's server was not healthy within {patience:g} s: {self.last_words()}.",
            hint=f'A slow start is given more time by start_timeout = "{int(patience * 3)}s".',
        )


def _listening(port: int) -> socket.socket:
    """A socket on the port, so that one which is taken is told as such; any free one for 0."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(("127.0.0.1", port))
    except OSError:
        made.close()
        raise UsageError(
            f"port {port} is taken by another process.", hint="Leave port out: a free one is found."
        ) from None
    return made
