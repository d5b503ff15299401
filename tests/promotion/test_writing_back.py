"""What a run tells the history: its verdict, and each waiver that it made use of."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from mlgate.promotion import write_back
from mlgate.promotion.writing_back import tags_of
from mlgate.results import Trust, WaiverUse
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


def test_trust_that_let_something_pass_is_written_down(bench: Bench) -> None:
    """As a waiver is, in the ledger and in a tag; trust that nothing needed is neither."""
    digest = f"sha256:{'a' * 64}"
    needed = Trust("--trust-model", "candidate", digest, ("'model.pkl, byte 6': imports os.system.",))
    record = bench.record("2")
    record = replace(record, facts=replace(record.facts, trust=(needed, Trust("mlgate.toml:3", None, digest, ()))))
    write_back(bench.registry, to_json(record), record)
    *_, verdict, waiver = bench.ledger.entries
    assert (verdict.kind, waiver.kind) == ("verdict", "waiver")
    assert waiver.reason == f"trust in the candidate {digest}, by --trust-model, in spite of 1 finding"
    assert tags_of(to_json(record), record)["mlgate.trust"] == "--trust-model"
    assert tags_of(b"", bench.record("2"))["mlgate.trust"] == "none"
