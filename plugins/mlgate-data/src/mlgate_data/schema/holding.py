"""Claims of all sources on one table, and the user's own checks beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate import Finding
from mlgate_data.engine.scan import Scan
from mlgate_data.engine.steps import Need, of
from mlgate_data.schema.claims import Claim
from mlgate_data.schema.exporting import export_rows
from mlgate_data.schema.findings import finding
from mlgate_data.schema.judging import broken_claims, needed, needed_then
from mlgate_data.schema.pandera_claims import Own, translate
from mlgate_data.schema.pandera_sample import Sample, own_findings


@dataclass(frozen=True, slots=True)
class Stated:
    """Claims of the gate file, and the columns that it names (those that are missing are told once)."""

    claims: tuple[Claim, ...]
    named: frozenset[str]


@dataclass(frozen=True, slots=True)
class Held:
    """All claims on one table, and the user's own pandera checks that are none."""

    scan: Scan
    claims: tuple[Claim, ...]
    named: frozenset[str]
    own: tuple[Own, ...]

    @classmethod
    def of(cls, scan: Scan, stated: Stated, user: Any, logged: Sequence[Claim]) -> Held:
        translated = translate(user, scan.schema) if user is not None else None
        claims = (*stated.claims, *(translated.claims if translated else ()), *logged)
        named = (
            stated.named
            | (translated.named if translated else set())
            | {name for each in logged for name in each.columns}
        )
        return cls(scan, claims, frozenset(named), tuple(translated.own) if translated else ())

    def first(self, sample: int | None) -> Iterator[Need]:
        yield from of(self.scan, needed(self.claims, self.scan))
        if self.own and sample is not None:
            yield self.scan, self._sample(sample)

    def then(self) -> Iterator[Need]:
        return of(self.scan, needed_then(self.claims, self.scan))

    def findings(
        self, sensitive: Sequence[str], user: Any, sample: int | None, export: Path | None
    ) -> Iterator[Finding]:
        """What is broken; all failing rows go into the folder `export`, where there is one."""
        broken = list(broken_claims(self.claims, self.scan, self.named))
        yield from (finding(breach, self.scan, sensitive) for _, breach in broken)
        if export is not None:
            counted = [claim for claim, breach in broken if breach.breaches is not None and breach.breaches.count]
            export_rows(counted, self.scan, export, sensitive)
        if self.own and sample is not None:
            yield from own_findings(user, self.own, self.scan[self._sample(sample)], self.scan, sensitive)

    def notes(self, sample: int | None) -> Iterator[str]:
        yield f"{len(self.claims)} rules on the {self.scan.name} table."
        if self.own and sample is not None:
            rows = min(sample, self.scan.rows)
            yield f"{len(self.own)} checks of your own ran on {rows:,} of its {self.scan.rows:,} rows."

    def _sample(self, rows: int) -> Sample:
        return Sample(tuple(self.scan.schema), rows, self.scan.rows)
