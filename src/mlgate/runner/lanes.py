"""A thread that checks run in, one after another, so that one that does not end can be given up."""

from __future__ import annotations

import faulthandler
import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Final, Generic, TypeVar

from mlgate.deadlines import Deadline, TimeOver

T = TypeVar("T")
GRACE: Final = 3.0
"""Seconds that a check has to clean up after its time: the processes that it started end there."""
_HELD: Final = 60.0
_LOOKS: Final = 1.0  # seconds between two looks at the deadline, which the check itself may bring nearer


@dataclass
class _Job(Generic[T]):
    work: Callable[[], T]
    deadline: Deadline
    context: Context = field(default_factory=copy_context)
    done: threading.Event = field(default_factory=threading.Event)
    result: list[T] = field(default_factory=list)
    error: BaseException | None = None

    def __call__(self) -> None:
        try:
            self.result.append(self.context.run(self._timed))
        except BaseException as error:  # whatever it is, it is the caller's
            self.error = error
        finally:
            self.done.set()

    def _timed(self) -> T:
        with self.deadline.running():
            return self.work()


class Lane:
    """Runs work in one thread, the same for all of it: models may hold what only their own thread may touch."""

    def __init__(self, *, last_resort: bool = False) -> None:
        self._jobs: SimpleQueue[_Job[object] | None] | None = None
        self._last_resort = last_resort

    def run(self, work: Callable[[], T], deadline: Deadline, over: Callable[[str], None]) -> T:
        """What `work` gives, or whatever it raises.

        Where its time is over, `over` is told what it was doing, what it waits for is ended, and `TimeOver` is raised;
        a thread that is stuck is left behind, and ends with this process.
        """
        job: _Job[T] = _Job(work, deadline)
        self._queue().put(job)  # type: ignore[arg-type]
        try:
            while not job.done.wait(min(self._left(deadline), _LOOKS)):
                if deadline.left() <= 0:
                    self._give_up(job, over)
        except KeyboardInterrupt:
            deadline.end()
            self.close()
            job.done.wait(GRACE)
            raise
        finally:
            if self._last_resort:
                faulthandler.cancel_dump_traceback_later()
        if job.error is not None:
            raise job.error
        return job.result[0]

    def close(self) -> None:
        """Let the thread end after what it does now."""
        if self._jobs is not None:
            self._jobs.put(None)
            self._jobs = None

    def _left(self, deadline: Deadline) -> float:
        """The seconds left. Where no Python runs for a minute longer, as code can that keeps the interpreter to itself,
        the process is ended with a traceback and exit code 1, if it may be.
        """
        left = deadline.left()
        if self._last_resort:
            faulthandler.dump_traceback_later(left + _HELD, exit=True)
        return left

    def _give_up(self, job: _Job[T], over: Callable[[str], None]) -> None:
        said = job.deadline.declare_over()
        over(said)
        job.deadline.end()
        self.close()
        job.done.wait(GRACE)
        raise TimeOver(said)

    def _queue(self) -> SimpleQueue[_Job[object] | None]:
        if self._jobs is None:
            self._jobs = SimpleQueue()
            threading.Thread(target=_work, args=(self._jobs,), name="mlgate-checks", daemon=True).start()
        return self._jobs


def _work(jobs: SimpleQueue[_Job[object] | None]) -> None:
    while (job := jobs.get()) is not None:
        job()


class Lanes:
    """As many lanes as checks run at once; each is lent to one check at a time.

    With `last_resort` this process is ended where a check lets nothing else run: it has to be nobody else's.
    """

    def __init__(self, *, last_resort: bool = False) -> None:
        self._last_resort = last_resort
        self._free: list[Lane] = []
        self._lock = threading.Lock()

    def take(self) -> Lane:
        with self._lock:
            return self._free.pop() if self._free else Lane(last_resort=self._last_resort)

    def give_back(self, lane: Lane) -> None:
        with self._lock:
            self._free.append(lane)

    def close(self) -> None:
        """Let every thread end."""
        with self._lock:
            for lane in self._free:
                lane.close()
            self._free.clear()
