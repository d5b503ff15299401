"""A confined process, from the gate's side: started, asked, and ended by its own handle."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from mlgate.deadlines import asking
from mlgate.sandbox.confining import Confinement, Means
from mlgate.sandbox.environment import environment
from mlgate.sandbox.frames import BadFrame, Bytes, Frame, read_frame, write_frame
from mlgate.sandbox.limits import Limits
from mlgate.sandbox.reach import reach_of

PREFIX = "mlgate-sandbox-"
_ROOT = str(Path(__file__).parents[2])
_BOOT = "import sys; sys.path.append(sys.argv[1]); from mlgate.sandbox.worker import main; main()"
_TAIL = 4096
_SIGKILL = 9
_GRACE = 5.0  # seconds that a process which closed its channel has to end


class ChildFailed(Exception):
    """The process answers no more; the text continues a sentence that begins with its name."""


class Child:
    """A process that answers frames, confined with what this platform gives.

    `serve` is the `module:function` that makes its answerer, `wanted` what it may read beside Python and the code on
    `path`. It ends with `close`, when nobody holds this object, and with the gate's own process, however that ends.
    """

    def __init__(self, serve: str, wanted: Sequence[Path], path: Sequence[str], limits: Limits | None = None) -> None:
        self._limits = limits or Limits.of_machine()
        self._lock = threading.Lock()
        self._failed: ChildFailed | None = None
        own = mkdtemp(prefix=PREFIX)
        self._keeper = _Keeper(own)
        self._end = weakref.finalize(self, _end, self._keeper, own)
        self._reach = reach_of(wanted, Path(own).resolve(), path)
        confinement = Confinement(Means.here(), self._limits, self._reach, os.getpid())
        setup = {"confinement": confinement.to_json(), "path": list(path), "serve": serve}
        refused = self.ask(setup, most=0).header.get("unconfined")
        if refused is not None:
            self._failed = ChildFailed(f"can't be confined as this platform promises: {refused}")
            self.close()
            raise self._failed

    @property
    def code(self) -> frozenset[str]:
        """The files of the user's modules that it may read."""
        return frozenset(self._reach.code)

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._keeper.process.pid

    @property
    def printed(self) -> str:
        """The end of what it wrote to its standard output and error."""
        return self._keeper.tail.decode("utf-8", "replace")

    def ask(self, header: Mapping[str, Any], payload: Sequence[Bytes] = (), *, most: int) -> Frame:
        """Its answer, with at most `most` bytes beside the header.

        Raises `ChildFailed` where it ends, is killed, answers too late, too much or with what is no answer; it is
        then ended, and every later question fails the same way.
        """
        with self._lock:
            if self._failed is not None:
                raise self._failed
            with asking("its process", self._keeper.give_up):
                return self._answer(header, payload, most)

    def _answer(self, header: Mapping[str, Any], payload: Sequence[Bytes], most: int) -> Frame:
        watch = threading.Timer(self._limits.seconds, self._keeper.expire)
        watch.daemon = True  # an interrupted gate must not wait for it
        try:
            watch.start()
            return self._exchange(header, payload, most)
        except (OSError, EOFError, BadFrame) as error:
            self._failed = ChildFailed(self._ending(error))
            raise self._failed from error
        except BaseException:  # interrupted between question and answer: the channel is out of step
            self._failed = ChildFailed("was interrupted")
            self.close()
            raise
        finally:
            watch.cancel()

    @property
    def given_up(self) -> bool:
        """Whether it was ended with the time of a check, and not for what it did."""
        return self._keeper.given_up

    def close(self) -> None:
        """End it now, and remove its folder."""
        self._end()

    def _exchange(self, header: Mapping[str, Any], payload: Sequence[Bytes], most: int) -> Frame:
        process = self._keeper.process
        assert process.stdin is not None
        assert process.stdout is not None
        write_frame(process.stdin, header, payload)
        return read_frame(process.stdout, most)

    def _ending(self, error: Exception) -> str:
        process = self._keeper.process
        if not isinstance(error, BadFrame):
            try:
                process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                error = BadFrame("nothing more, and closed the channel")
        code = process.poll()
        self.close()
        if self._keeper.given_up:
            return "was ended with the time of the check that asked it"
        if self._keeper.late:
            return f"gave no answer within {self._limits.seconds:g} s"
        if isinstance(error, BadFrame):
            return f"answered with {error}"
        return _how_it_ended(code, self.printed)


def _how_it_ended(code: int | None, printed: str) -> str:
    if code == -_SIGKILL:
        return "was killed, as a system does that runs out of memory,"
    if code is not None and code < 0:
        return f"crashed its process ({_signal(-code)}){_last(printed)}"
    return f"ended its process with exit code {code}{_last(printed)}"


def _signal(number: int) -> str:
    """Its name; most of the real-time ones have none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _last(printed: str) -> str:
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    return f", and said last: {lines[-1][:200]!r}," if lines else ""


class _Keeper(threading.Thread):
    """Starts the process, reads what it prints and waits for its end.

    Linux ends a process with the *thread* that started it (PR_SET_PDEATHSIG), so that has to be one that lives long.
    """

    def __init__(self, own: str) -> None:
        super().__init__(name="mlgate-sandbox", daemon=True)
        self._own = own
        self._ready = threading.Event()
        self._problem: OSError | None = None
        self.process: subprocess.Popen[bytes]
        self.tail = b""
        self.late = False
        self.given_up = False
        self.start()
        self._ready.wait()
        if self._problem is not None:
            raise self._problem

    def expire(self) -> None:
        """End the process because its answer is late."""
        self.late = True
        self.process.kill()

    def give_up(self) -> None:
        """End the process because nobody waits for its answer any more."""
        self.given_up = True
        self.process.kill()

    def run(self) -> None:
        try:
            self.process = subprocess.Popen(  # noqa: S603  (our own words)  # nosec B603
                [sys.executable, "-I", "-B", "-c", _BOOT, _ROOT],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self._own,
                env=environment(self._own),
                start_new_session=True,
            )
        except OSError as problem:
            self._problem = problem
            return
        finally:
            self._ready.set()
        assert self.process.stderr is not None
        while part := self.process.stderr.read1(65_536):  # type: ignore[attr-defined]
            self.tail = (self.tail + part)[-_TAIL:]
        self.process.wait()


def _end(keeper: _Keeper, own: str) -> None:
    process = keeper.process
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            _closed(stream)
    process.wait()
    keeper.join(_GRACE)
    shutil.rmtree(own, ignore_errors=True)


def _closed(stream: Any) -> None:
    try:
        stream.close()
    except OSError:  # what was not sent any more goes with the process
        return
