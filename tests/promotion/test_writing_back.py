"""What a run tells the history: its verdict, and each waiver that it made use of."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from mlgate.promotion import write_back
from mlgate.results import WaiverUse
from mlgate.results.record_json import to_json

if TYPE_CHECKING:
    from .conftest import Bench


def test_a_verdict_and_its_waivers_are_written_down(bench: Bench) -> None:
    """A waiver that matched nothing is none."""
    used, unused = (WaiverUse("data.duplicates", "ticket 412", "data-team", "2027-01-31", use) for use in (True, False))
    record = replace(bench.record("2"), waivers=(used, unused))
    write_back(bench.registry, to_json(record), record)
    *_, verdict, waiver = bench.ledger.entries
    assert (verdict.kind, verdict.version, verdict.reason) == ("verdict", "2", "allowed")
    assert verdict.digests["record"] == f"sha256:{hashlib.sha256(to_json(record)).hexdigest()}"
    assert (waiver.kind, waiver.reason) == ("waiver", "data.duplicates: ticket 412 (data-team, until 2027-01-31)")
