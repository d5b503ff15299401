"""Samples on their way to the disk, and what is said beside them: messages of faults, the generator's own cost."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from mlgate_load.samples import NAME, NOTES, RECORD

_MOST_MESSAGES = 50


class Recorder:
    """Appends records to a buffer that `flush` empties into the file; each distinct message is written once."""

    def __init__(self, folder: Path) -> None:
        self._samples: IO[bytes] = (folder / NAME).open("ab", buffering=0)
        self._notes: IO[str] = (folder / NOTES).open("a", encoding="utf-8")
        self._buffer = bytearray()
        self._messages: dict[str, None] = {}
        self.send: Callable[[bytes], None] = self._samples.write  # type: ignore[assignment]
        self.n = 0
        self.in_a_row = 0

    def add(self, times: tuple[float, float, float], *, status: int, fault: int, target: int) -> None:
        """One request that has ended: its intended start, its latency from there, and the generator's lag."""
        self._buffer += RECORD.pack(*times, status, fault, target)
        self.n += 1
        self.in_a_row = self.in_a_row + 1 if fault else 0

    def take(self) -> bytes:
        """What is buffered, which is then no longer."""
        taken = bytes(self._buffer)
        self._buffer.clear()
        return taken

    def flush(self) -> None:
        if self._buffer:
            self._samples.write(self.take())

    def append(self, raw: bytes) -> None:
        """Records that another process made."""
        self._samples.write(raw)

    def say(self, status: int, message: str) -> None:
        """What a fault said, the first time that it says it."""
        if message not in self._messages and len(self._messages) < _MOST_MESSAGES:
            self._messages[message] = None
            self.note(message=message, status=status)

    def note(self, **said: object) -> None:
        """A line beside the samples."""
        self._notes.write(json.dumps(said) + "\n")
        self._notes.flush()


class Cost:
    """The processor time of this process between two moments, as a share of one core."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def share(self) -> float:
        return (time.process_time() - self._cpu) / max(time.perf_counter() - self._wall, 1e-9)
