"""The time that one running check has, what it is doing with it, and how that is ended when the time is over.

A check runs in a thread of its own; whatever it calls finds its deadline by the context of that thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

ANSWER_SECONDS: Final = 900.0
"""The longest that one answer of a model may take, whatever else is stated."""

End = Callable[[], None]


class TimeOver(BaseException):
    """The time of the check is over. No `except Exception` of a check or a model can swallow it."""


class Deadline:
    """The time of one check: `seconds` for all of it, `answer` for each answer of a model; None is without end."""

    def __init__(self, seconds: float | None = None, answer: float = ANSWER_SECONDS) -> None:
        self.seconds = seconds
        self.answer = answer
        self.over: str | None = None
        self._lock = threading.RLock()
        self._started = time.monotonic()
        self.thread: int | None = None
        self._doing: list[str] = []
        self._asked: list[tuple[float, str, End | None]] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let the current thread be the check's within the block."""
        mark = _CURRENT.set(self)
        self.thread = threading.get_ident()
        try:
            yield
        finally:
            with self._lock:
                self.thread = None
            _CURRENT.reset(mark)

    def start(self, seconds: float) -> None:
        """Give the check so many seconds from now."""
        self.seconds, self._started = seconds, time.monotonic()

    def left(self) -> float:
        """How many seconds nothing can be over yet: 0 where something is."""
        with self._lock:
            now = time.monotonic()
            ends = [self.answer] if not self._asked else [self._asked[0][0] + self.answer - now]
            if self.seconds is not None:
                ends.append(self._started + self.seconds - now)
            return max(min(ends), 0.0)

    @property
    def answer_is_over(self) -> bool:
        """Whether one answer took too long, and not the check."""
        return bool(self._asked) and not self._check_is_over()

    def declare_over(self) -> str:
        """Let nothing be asked any more; says what was over, and what was being done, the outermost first."""
        with self._lock:
            seconds, what = (
                (self.seconds, "its time") if self._check_is_over() else (self.answer, "the time of an answer")
            )
            doing = ", ".join([*self._doing, *(what for _, what, _ in self._asked[-1:])])
            self.over = f"{what} ({seconds:g} s) was over{f' at {doing}' if doing else ''}"
            return self.over

    def end(self) -> None:
        """End what the check waits for, or its thread where that has no end of its own."""
        with self._lock:
            self.over = self.over or "it was interrupted"
            end = self._asked[-1][2] if self._asked else None
            if end is not None:
                end()
            elif self.thread is not None:
                _interrupt(self.thread)

    def _check_is_over(self) -> bool:
        return self.seconds is not None and time.monotonic() - self._started >= self.seconds

    @contextmanager
    def asking(self, what: str, end: End | None) -> Iterator[None]:
        """What the block waits for, and how to end it from another thread."""
        with self._lock:
            self._refuse_over()
            self._asked.append((time.monotonic(), what, end))
        try:
            yield
        except Exception as error:
            if self.over is not None:
                raise TimeOver(self.over) from error
            raise
        finally:
            with self._lock:
                self._asked.pop()
        self._refuse_over()

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        self._doing.append(what)
        try:
            yield
        finally:
            if self.over is None:
                self._doing.pop()

    def _refuse_over(self) -> None:
        if self.over is not None:
            raise TimeOver(self.over)


_CURRENT: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def asking(what: str, end: End | None = None) -> Iterator[None]:
    """Within the block the running check waits for an answer: `what` names it, `end` ends it from another thread.

    Without `end` the thread itself is told to stop, which Python does between two of its own steps. Raises `TimeOver`
    where the time of the check is over. Outside of a check that has a time the block just runs.
    """
    deadline = _CURRENT.get()
    if deadline is None:
        yield
        return
    with deadline.asking(what, end):
        yield


@contextmanager
def doing(what: str) -> Iterator[None]:
    """Name what the running check does within the block, for the sentence that is said where its time ends there."""
    deadline = _CURRENT.get()
    if deadline is None:
        yield
        return
    with deadline.doing(what):
        yield


def _interrupt(thread: int) -> None:
    """Raise `TimeOver` in a thread of Python; one that is stuck in other code gets it when that returns."""
    import ctypes

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(TimeOver))
