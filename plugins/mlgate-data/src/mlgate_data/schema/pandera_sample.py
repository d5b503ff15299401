"""The user's own pandera checks on rows in memory, where the user asks for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlgate import Finding, Json
from mlgate_data.engine.facts import Collecting
from mlgate_data.engine.facts import Schema as TableSchema
from mlgate_data.engine.scan import Scan
from mlgate_data.schema.findings import MASKED, plain
from mlgate_data.schema.pandera_claims import Own

if TYPE_CHECKING:
    import polars as pl

    from mlgate_data.engine.batches import Batch


@dataclass(frozen=True)
class Sample:
    """About `rows` of the table's `of` rows, drawn at random from every part of it; all, where it has no more."""

    names: tuple[str, ...]
    rows: int
    of: int

    @property
    def columns(self) -> tuple[str, ...]:
        return self.names

    def collector(self, schema: TableSchema) -> _Sample:
        return _Sample(self)


@dataclass
class _Sample(Collecting):
    fact: Sample
    parts: list[pl.DataFrame] = field(default_factory=list)

    def add(self, batch: Batch, values: Sequence[object], counts: Sequence[int]) -> None:
        part = batch.frame.select(self.fact.names)
        if self.fact.rows < self.fact.of:
            wanted = round((batch.start + part.height) * self.fact.rows / self.fact.of)
            taken = sum(each.height for each in self.parts)
            part = part.sample(min(part.height, max(0, wanted - taken)), seed=batch.start)
        self.parts.append(part)

    def result(self) -> pl.DataFrame:
        import polars as pl

        return pl.concat(self.parts)


def own_findings(
    schema: Any, own: Sequence[Own], rows: pl.DataFrame, scan: Scan, sensitive: Sequence[str]
) -> list[Finding]:
    """What the user's own checks say of these rows, by pandera itself."""
    failures = _failures(schema, rows)
    found = []
    for check in own:
        cases = [case for case in failures if _is_of(case, check)]
        if cases:
            found.append(_finding(check, cases, scan, sensitive))
    return found


def _is_of(case: dict[str, Any], check: Own) -> bool:
    of_column = case["schema_context"] == "Column"
    here = case["column"] == check.column if check.column is not None else True
    return case["check"] == check.name and of_column == (check.column is not None) and here


def _failures(schema: Any, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """pandera's failure cases; its schemas say themselves for which frames they are."""
    frame = rows if "polars" in type(schema).__module__ else rows.to_pandas()
    try:
        schema.validate(frame, lazy=True)
    except Exception as errors:
        cases = getattr(errors, "failure_cases", None)
        if cases is None:
            raise
        return list(cases.to_dicts()) if hasattr(cases, "to_dicts") else list(cases.to_dict("records"))
    return []


def _finding(check: Own, cases: Sequence[dict[str, Any]], scan: Scan, sensitive: Sequence[str]) -> Finding:
    masked = check.column in sensitive or (check.column is None and bool(sensitive))
    shown: list[Json] = [MASKED if masked else plain(case["failure_case"]) for case in cases[:20]]
    rows = len({case["index"] for case in cases})
    message = f"The {scan.name} table breaks your check {check} in {rows:,} {'row' if rows == 1 else 'rows'} looked at."
    facts: dict[str, Json] = {"table": scan.name, "check": check.name, "count": rows, "values": shown}
    return Finding(message, data=facts)
