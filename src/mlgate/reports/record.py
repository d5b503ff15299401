"""The record itself as a report: `--report json=PATH`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlgate.results import Record


@dataclass(frozen=True, slots=True)
class JsonReporter:
    """Strict JSON that follows `mlgate schema --record`."""

    def render(self, record: Record) -> str:
        """The same text as `record.json` of the run."""
        from mlgate.results.record_json import to_json

        return to_json(record).decode("utf-8")
