"""All that is known of a model's files before they are opened, found out once, by whoever asks first."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mlgate.opening.mlmodel import Objection, objections
from mlgate.opening.scanning.scan import scan_model
from mlgate.opening.scanning.scanned import MOST_FINDINGS
from mlgate.results import Finding


@dataclass(frozen=True, slots=True)
class Inspected:
    """What speaks against opening a model: first what its MLmodel says, then what the scan found."""

    objections: tuple[Objection, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(each.finding for each in self.objections)

    @property
    def unbound(self) -> tuple[Finding, ...]:
        """What no digest binds, so that nobody can vouch for it."""
        return tuple(each.finding for each in self.objections if each.unbound)

    def against(self, *, trusted: bool, allow_code: bool) -> tuple[Finding, ...]:
        """What is left to say against it."""
        return tuple(
            each.finding for each in self.objections if each.unbound or not (trusted or (allow_code and each.code))
        )


class Inspection:
    """The look at one model's staged files: taken at the first asking, kept for the others; safe from threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._found: Inspected | None = None

    def found(self) -> Inspected:
        with self._lock:
            if self._found is None:
                self._found = Inspected(tuple(_looked_through(self._path)))
            return self._found


def _looked_through(path: Path) -> Iterator[Objection]:
    if path.is_dir():
        yield from islice(objections(path), MOST_FINDINGS)
    yield from (Objection(finding) for finding in scan_model(path))
