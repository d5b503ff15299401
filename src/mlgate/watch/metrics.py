"""Metrics for Prometheus, in its text format, in a file that node_exporter's textfile collector reads.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from mlgate.results import Outcome as CheckOutcome
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
        write_atomically(self._path, "".join(f"{line}\n" for line in self._lines(look)).encode())

    def _lines(self, look: Look) -> Iterator[str]:
        here = {**self._labels, "version": look.version or ""}
        yield from _head("mlgate_watch_healthy", "gauge", "Whether every enforcing rule holds on the new rows.")
        yield _sample("mlgate_watch_healthy", here, int(look.outcome is Outcome.HEALTHY))
        yield from _head("mlgate_watch_last_look_timestamp_seconds", "gauge", "When the last look began.")
        yield _sample("mlgate_watch_last_look_timestamp_seconds", self._labels, look.time.timestamp())
        yield from _head("mlgate_watch_looks_total", "counter", "Looks by what they came to.")
        for outcome, count in self._looks.items():
            yield _sample("mlgate_watch_looks_total", {**self._labels, "outcome": outcome}, count)
        yield from _head("mlgate_watch_rollbacks_total", "counter", "Rollbacks by this watch.")
        yield _sample("mlgate_watch_rollbacks_total", self._labels, self._rollbacks)
        yield from self._checks(look, here)

    def _checks(self, look: Look, here: Mapping[str, str]) -> Iterator[str]:
        results = look.record.results if look.record is not None else ()
        values = [(result, result.run.measurement) for result in results]
        numbers = [(result, found.estimate) for result, found in values if found and found.estimate is not None]
        yield from _head("mlgate_check_value", "gauge", "What a check measured.")
        for result, estimate in numbers:
            yield _sample("mlgate_check_value", {**here, "check": result.check}, estimate.value)
        yield from _head("mlgate_check_failed", "gauge", "Whether a rule of a check is broken.")
        for result in results:
            failed = int(result.outcome is CheckOutcome.FAILED)
            yield _sample("mlgate_check_failed", {**here, "check": result.check, "level": result.level}, failed)


def _head(name: str, kind: str, help: str) -> Iterator[str]:
    yield f"# HELP {name} {help}"
    yield f"# TYPE {name} {kind}"


def _sample(name: str, labels: Mapping[str, str], value: float) -> str:
    told = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{told}}} {value!r}"


def _escaped(text: str) -> str:
    """A label's value: backslash, quote and line feed are escaped."""
    return str(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
