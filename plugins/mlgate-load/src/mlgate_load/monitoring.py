"""The processes of a server, watched from outside while it works: memory and processor time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

_INTERVAL = 0.2


@dataclass(slots=True)
class Watched:
    """One entry per look: seconds since the epoch, bytes in memory, seconds of processor time, and processes."""

    at: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    processes: list[int] = field(default_factory=list)


@contextmanager
def watching(tree: Callable[[], Sequence[psutil.Process]]) -> Iterator[Watched]:
    """Look at a process tree five times a second, until the context ends."""
    seen, over = Watched(), threading.Event()
    spent: dict[int, float] = {}  # of each process so far: one that has ended has still spent it

    def look() -> None:
        memory, count = 0.0, 0
        for process in tree():
            try:
                with process.oneshot():
                    times = process.cpu_times()
                    memory += process.memory_info().rss
                spent[process.pid] = times.user + times.system
                count += 1
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        seen.at.append(time.time())
        seen.memory.append(memory)
        seen.cpu.append(sum(spent.values()))
        seen.processes.append(count)

    def until_over() -> None:
        while not over.wait(_INTERVAL):
            look()

    look()
    thread = threading.Thread(target=until_over, name="mlgate-load-watch", daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()
        look()
