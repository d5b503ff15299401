"""Metrics for Prometheus, in its text format, in a file that node_exporter's textfile collector reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mlgate.reports.exposition import Family, check_families, exposition
from mlgate.runner.journal import write_atomically
from mlgate.watch.watching import Look, Outcome


class Metrics:
    """Counts looks over the life of this process, and writes what the last one saw."""

    def __init__(self, path: Path, name: str, alias: str) -> None:
        self._path = path
        self._labels = {"model": name, "alias": alias}
        self._looks = dict.fromkeys(Outcome, 0)
        self._rollbacks = 0

    def write(self, look: Look) -> None:
        """Replace the file in one step: a collector never reads half of one. Raises `OSError`."""
        self._looks[look.outcome] += 1
        self._rollbacks += look.moved_to is not None
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self._path, exposition(self._families(look)).encode())

    def _families(self, look: Look) -> Iterator[Family]:
        here = {**self._labels, "version": look.version or ""}
        healthy = ((here, float(look.outcome is Outcome.HEALTHY)),)
        yield Family("mlgate_watch_healthy", "gauge", "Whether every enforcing rule holds on the new rows.", healthy)
        began = ((self._labels, look.time.timestamp()),)
        yield Family("mlgate_watch_last_look_timestamp_seconds", "gauge", "When the last look began.", began)
        looks = tuple(({**self._labels, "outcome": outcome}, float(many)) for outcome, many in self._looks.items())
        yield Family("mlgate_watch_looks_total", "counter", "Looks by what they came to.", looks)
        rollbacks = ((self._labels, float(self._rollbacks)),)
        yield Family("mlgate_watch_rollbacks_total", "counter", "Rollbacks by this watch.", rollbacks)
        yield from check_families(look.record, here)
