"""The folder of one run: a journal that loses at most the check in flight, and the record, replaced atomically."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from mlgate.errors import RecordError
from mlgate.results import CheckRun, RunStatus
from mlgate.results.record_json import run_from_json, run_to_json

JOURNAL = "measured.jsonl"
PLAN = "plan.json"
RECORD = "record.json"
_REST = 10


def new_run_id(now: datetime) -> str:
    """Sorts by time; the tail keeps two runs of one second apart."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """`.mlgate/runs/<id>`. Every line of the journal is one finished check."""

    path: Path

    @classmethod
    def create(cls, root: Path, id: str, plan: bytes) -> RunFolder:
        folder = root / "runs" / id
        with _writing(folder):
            folder.mkdir(parents=True, exist_ok=False)
            write_atomically(folder / PLAN, plan)
        return cls(folder)

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def record_path(self) -> Path:
        return self.path / RECORD

    def append(self, run: CheckRun) -> CheckRun:
        """One line, in one write, in the file before the next check starts (it outlives this process, not the power).

        Returns what was kept: a measurement that strict JSON can't hold is kept as an error of its check.
        """
        try:
            line = run_to_json(run)
        except RecordError as error:
            run = replace(run, status=RunStatus.ERRORED, measurement=None, options={}, reason=str(error))
            line = run_to_json(run)
        with _writing(self.path), (self.path / JOURNAL).open("ab") as journal:
            journal.write(line + b"\n")
        return run

    def measured(self) -> tuple[CheckRun, ...]:
        """The checks that were finished; a line that was cut off in the middle is no check."""
        journal = self.path / JOURNAL
        if not journal.exists():
            return ()
        lines = journal.read_bytes().split(b"\n")[:-1]
        return tuple(run_from_json(line) for line in lines)

    def plan(self) -> bytes:
        return (self.path / PLAN).read_bytes()

    def write_record(self, record: bytes) -> None:
        with _writing(self.path):
            write_atomically(self.record_path, record)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RecordError(
            f"the run can't be kept in {folder}: {error.strerror or error}.",
            hint="Make room or make it writable; what was measured until then is in its journal.",
        ) from error


def runs(root: Path) -> Sequence[RunFolder]:
    """All runs below `root`, the newest first."""
    folder = root / "runs"
    found = [entry for entry in folder.iterdir() if (entry / PLAN).is_file()] if folder.is_dir() else []
    return [RunFolder(path) for path in sorted(found, key=lambda path: path.name, reverse=True)]


def write_atomically(path: Path, content: bytes) -> None:
    """A reader sees the old file or the new one, never half of one."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


class Throttle:
    """Writes the growing record again: often for slow checks, seldom for a thousand fast ones or a large record.

    A write that took long is not repeated before ten times as long has passed: the journal has every result already.
    """

    def __init__(self, interval: float = 0.25) -> None:
        self._interval = interval
        self._next = -math.inf

    def write(self, write: Callable[[], None]) -> None:
        """Call `write`, if it is due."""
        started = time.monotonic()
        if started >= self._next:
            write()
            ended = time.monotonic()
            self._next = max(started + self._interval, ended + _REST * (ended - started))
