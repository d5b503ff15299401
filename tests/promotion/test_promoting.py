"""An alias moves on evidence about this version, these bytes and this champion; else one reason says why not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mlgate.promotion import Conditions, promote, write_back
from mlgate.results import Decision, GateFacts, Outcome, Verdict, WaiverUse
from mlgate.results.record_json import to_json

from .conftest import NOW, ago, delete

if TYPE_CHECKING:
    from .conftest import Bench, Keys

AGAIN = "Judge it: `mlgate run --model folder:loan/2`."
GATE = f"sha256:{'9e' * 32}"


class TestAllowed:
    def test_the_alias_moves_on_the_record_that_the_run_wrote_back(self, bench: Bench) -> None:
        """What `run` tells the registry is what `promote` finds there."""
        bench.judge("2")
        assert bench.promote("2") == "1"
        assert bench.champion == "2"
        tags = json.loads((bench.files("2").parents[1] / "version.json").read_text())["tags"]
        assert tags["mlgate.decision"] == "allowed"

    def test_the_history_says_on_which_verdict(self, bench: Bench) -> None:
        """With the digests of record, files, champion."""
        record = bench.judge("2")
        bench.promote("2")
        last = bench.ledger.entries[-1]
        assert (last.kind, last.actor, last.moved_from, last.version, last.generation, last.cas) == (
            *("promotion", "me", "1", "2", 2, True),
        )
        verdict = next(entry for entry in bench.ledger.entries if entry.kind == "verdict" and entry.version == "2")
        assert last.digests["record"] == verdict.digests["record"]
        assert last.digests["model"] == record.facts.candidate.digest  # type: ignore[union-attr]
        assert last.digests["champion"] == record.facts.champion.digest  # type: ignore[union-attr]

    def test_a_dry_run_says_what_would_move_and_moves_nothing(self, bench: Bench) -> None:
        """The same examination, without the last step; a refusal in it is not written down."""
        uri = bench.add("third")
        bench.judge("2")
        before = bench.kinds()
        move = promote("folder:loan/2", "champion", registry=bench.registry, dry_run=True)
        assert (move.previous, move.version, bench.champion) == ("1", "2", "1")
        with pytest.raises(Exception, match="nobody judged it"):
            promote(uri, "champion", registry=bench.registry, dry_run=True)
        assert bench.kinds() == before

    def test_a_finished_promotion_succeeds_again(self, bench: Bench) -> None:
        """A retry after a lost answer, long after the verdict went stale too; it is written down once."""
        bench.judge("2")
        for _ in range(2):
            bench.promote("2", Conditions(max_age=timedelta(hours=1)))
        bench.promote("2", Conditions(max_age=timedelta(seconds=1), gate=GATE))
        assert bench.kinds().count("promotion") == 2
        assert bench.champion == "2"

    def test_an_authorization_is_made_where_there_is_a_key(self, bench: Bench, keys: Keys) -> None:
        """Its nonce stands in the ledger, once."""
        bench.judge("2")
        bench.promote("2", signers=[keys.private("ci")])
        assert len(bench.ledger.spent()) == 1


class TestRefused:
    def test_nobody_judged_it(self, bench: Bench) -> None:
        """No record, no promotion; and it is written down."""
        assert bench.refusal("2") == f"folder:loan/2 has no record: nobody judged it. {AGAIN}"
        last = bench.ledger.entries[-1]
        assert (last.kind, last.version, last.reason) == (
            *("refusal", "2", "folder:loan/2 has no record: nobody judged it."),
        )

    @pytest.mark.parametrize(
        ("decision", "code"),
        [(Decision.DENIED, 1), (Decision.UNDECIDED, 2), (Decision.DENIED, 3), (Decision.DENIED, 5)],
    )
    def test_a_verdict_that_does_not_allow(self, bench: Bench, decision: Decision, code: int) -> None:
        """The first reason of the verdict is the reason of the refusal."""
        record = replace(bench.record("2"), verdict=Verdict(decision, ("toy.one: 0 is below 1",), code))
        assert bench.refusal("2", record=to_json(record)) == (
            f"the verdict on folder:loan/2 is {decision}: toy.one: 0 is below 1. Mend that. {AGAIN}"
        )

    def test_a_run_that_was_broken_off(self, bench: Bench) -> None:
        """Half a run allows nothing, whatever its half says."""
        record = replace(bench.record("2"), complete=False)
        assert bench.refusal("2", record=to_json(record)) == (
            f"the run {record.facts.id} was broken off: its record is not complete. Finish it: `mlgate run --resume`."
        )

    def test_a_run_that_left_out_checks_of_the_gate_file(self, bench: Bench) -> None:
        """A quick look with --checks is no verdict for a promotion."""
        record = bench.record("2", gate=GateFacts(0.95, path="mlgate.toml", left_out=("performance.slices",)))
        assert bench.refusal("2", record=to_json(record)) == (
            f"the run {record.facts.id} left out checks that block: performance.slices. "
            f"Run them all, or let the gate file say which it goes without ([policy] skip). {AGAIN}"
        )

    def test_a_verdict_that_its_own_results_contradict(self, bench: Bench) -> None:
        """Written over by hand: a failed rule under an allowed verdict, or nothing under it."""
        record = bench.record("2")
        failed = replace(record.results[0], outcome=Outcome.FAILED)
        changed = f"the record of the run {record.facts.id} says allowed, and"
        for results, said in (((failed,), "its own results say that toy.one failed"), ((), "holds no result")):
            forged = to_json(replace(record, results=results))
            assert bench.refusal("2", record=forged) == (
                f"{changed} {said}: somebody changed it. Find out who. {AGAIN}"
            )

    def test_a_failure_that_is_waived_is_no_contradiction(self, bench: Bench) -> None:
        record = bench.record("2")
        failed = replace(record.results[0], outcome=Outcome.FAILED)
        waiver = WaiverUse("toy.one", "until ticket 412 is closed", "team", "2027-01-31", used=True)
        waived = to_json(replace(record, results=(failed,), waivers=(waiver,)))
        bench.promote("2", record=waived)
        assert bench.champion == "2"

    def test_a_record_that_is_none(self, bench: Bench) -> None:
        """Cut off in the middle: refused, with the way out."""
        said = bench.refusal("2", record=to_json(bench.record("2"))[:-20])
        assert said.startswith("the record of folder:loan/2 is no evidence: ")
        assert said.endswith("Judge it again: `mlgate run --model folder:loan/2`.")

    def test_a_ledger_that_was_changed(self, bench: Bench) -> None:
        """Nobody knows then what happened before."""
        bench.judge("2")
        path = bench.folder / "registry" / "loan" / "ledger.jsonl"
        path.write_text(path.read_text().replace('"actor":"me"', '"actor":"he"', 1))
        assert bench.refusal("2").startswith(
            "the ledger of loan is broken at entry 1: it was changed after it was written"
        )


class TestAnotherSubject:
    def test_another_version(self, bench: Bench) -> None:
        """A record can't be carried over to a version that was never judged."""
        bench.add("new")
        assert bench.refusal("2", record=to_json(bench.record("3"))) == (
            f"the record is about folder:loan/3, not about folder:loan/2. {AGAIN}"
        )

    def test_another_registry(self, bench: Bench) -> None:
        """The same name and number, judged in the registry of a laboratory."""
        candidate = bench.subject("2", registry="laboratory")
        here = bench.registry.capabilities("loan").registry
        assert bench.refusal("2", record=to_json(bench.record("2", candidate=candidate))) == (
            f"the record is about folder:loan/2 in the registry 'laboratory', and this is '{here}'. {AGAIN}"
        )

    def test_a_version_that_was_deleted_and_made_again(self, bench: Bench) -> None:
        """Numbers are used again; the time of the making is not."""
        record = bench.judge("2")
        delete(bench, "2")
        assert bench.add("new") == "folder:loan/2"
        assert bench.refusal("2", record=to_json(record)).startswith(
            "folder:loan/2 was deleted and made again since it was judged: that one was created at 2"
        )

    def test_bytes_that_changed_after_the_verdict(self, bench: Bench) -> None:
        """The version is the same, its files are not."""
        bench.judge("2")
        bench.files("2").write_text("swapped")
        said = bench.refusal("2")
        assert said.startswith("the files of folder:loan/2 are not those that were judged: their digest is sha256:")
        assert said.endswith(f"Find out who changed them. {AGAIN}")

    def test_bytes_that_changed_after_the_promotion(self, bench: Bench) -> None:
        """A second promotion of the holder digests its files again."""
        bench.judge("2")
        bench.promote("2")
        bench.files("2").write_text("swapped")
        assert bench.refusal("2").startswith("the files of folder:loan/2 are not those that were promoted: ")


class TestAnotherTime:
    def test_a_verdict_that_is_too_old(self, bench: Bench) -> None:
        """By the gate file's word."""
        record = to_json(bench.record("2", started=ago(timedelta(days=8))))
        assert bench.refusal("2", Conditions(max_age=timedelta(days=7)), record=record) == (
            f"the verdict is 8 days old, and [promote] max_age allows 7 days. {AGAIN}"
        )
        assert bench.promote("2", Conditions(max_age=timedelta(days=9)), record=record) == "1"

    def test_a_verdict_from_the_future(self, bench: Bench) -> None:
        """Five minutes are the clocks'; more is not."""
        late = to_json(bench.record("2", started=ago(-timedelta(minutes=6))))
        assert bench.refusal("2", record=late) == (
            f"the verdict was made at {NOW + timedelta(minutes=6):%Y-%m-%d %H:%M}Z, which lies in the future. "
            f"One of the two clocks is wrong. {AGAIN}"
        )
        assert bench.promote("2", record=to_json(bench.record("2", started=ago(-timedelta(minutes=5))))) == "1"


DENIED = Verdict(Decision.DENIED, ("performance.roc_auc failed",), 1)


class TestOverruled:
    def test_the_last_verdict_counts_and_not_the_one_that_pleases(self, bench: Bench) -> None:
        """A run allowed it, a later one did not: whoever kept the first record can't promote on it."""
        first = bench.judge("2")
        later = replace(bench.record("2"), verdict=DENIED)
        write_back(bench.registry, to_json(later), later)
        assert bench.refusal("2", record=to_json(first)) == (
            f"a later verdict on folder:loan/2, of a run at {later.facts.started}, is denied. "
            f"Mend what that one found. {AGAIN}"
        )
        bench.judge("2")
        assert bench.promote("2") == "1"

    def test_an_old_verdict_that_is_written_down_again_is_not_the_last_one(self, bench: Bench) -> None:
        """Neither the one that pleases, nor one that was overruled before it."""
        oldest, first, later = (bench.record("2") for _ in range(3))
        oldest, later = replace(oldest, verdict=DENIED), replace(later, verdict=DENIED)
        for record in (first, later, first, oldest):
            write_back(bench.registry, to_json(record), record)
        assert bench.refusal("2", record=to_json(first)).startswith("a later verdict on folder:loan/2")

    def test_an_earlier_one_says_nothing(self, bench: Bench) -> None:
        """What was denied may be allowed later, wherever the record is kept."""
        earlier = replace(bench.record("2"), verdict=DENIED)
        write_back(bench.registry, to_json(earlier), earlier)
        assert bench.promote("2", record=to_json(bench.record("2"))) == "1"

    def test_a_verdict_under_another_gate_file_or_on_another_version_says_nothing(self, bench: Bench) -> None:
        """Each alias has its own gate file, and each version its own files."""
        here, there = GateFacts(0.95, GATE, "mlgate.toml"), GateFacts(0.95, f"sha256:{'00' * 32}", "strict.toml")
        first = bench.judge("2", gate=here)
        bench.add("third")
        for version, gate in (("2", there), ("3", here)):
            later = replace(bench.record(version, gate=gate), verdict=DENIED)
            write_back(bench.registry, to_json(later), later)
        assert bench.promote("2", Conditions(gate=GATE), record=to_json(first)) == "1"


GATES: dict[str, tuple[GateFacts, str | None, str]] = {
    "changed since": (
        GateFacts(0.95, GATE, "mlgate.toml"),
        f"sha256:{'00' * 32}",
        "mlgate.toml is not the gate file that folder:loan/2 was judged under: it was changed since. " + AGAIN,
    ),
    "default rules": (
        GateFacts(0.95),
        GATE,
        "folder:loan/2 was judged by default rules, and not under mlgate.toml. " + AGAIN,
    ),
    "none here": (
        GateFacts(0.95, GATE, "mlgate.toml"),
        None,
        "folder:loan/2 was judged under mlgate.toml, and there is none here. "
        "Promote where that file is, or name it: --gate FILE.",
    ),
}


@pytest.mark.parametrize(("judged", "here", "said"), GATES.values(), ids=GATES)
def test_another_gate_file(bench: Bench, judged: GateFacts, here: str | None, said: str) -> None:
    """Weakened after the verdict, or strengthened: it is another."""
    record = to_json(bench.record("2", gate=judged))
    assert bench.refusal("2", Conditions(gate=here, gate_path="mlgate.toml"), record=record) == said


class TestAnotherChampion:
    def test_a_champion_that_changed_after_the_comparison(self, bench: Bench) -> None:
        """Better than the old champion is not better than the new one."""
        bench.add("newer")
        record = to_json(bench.record("2"))
        bench.judge("3")
        bench.promote("3")
        assert bench.refusal("2", record=record) == (
            "loan@champion is held by version 3, and the record compares with folder:loan/1. Compare with the one "
            "that holds it now: `mlgate run --model folder:loan/2 --champion folder:loan@champion`."
        )

    def test_a_champion_that_appeared_since(self, bench: Bench) -> None:
        """A first release that was overtaken has to be compared."""
        said = bench.refusal("2", record=to_json(bench.record("2", champion=None)))
        assert said.startswith("loan@champion is held by version 1, and the record compares with nobody.")

    def test_a_champion_that_came_back(self, bench: Bench) -> None:
        """Version 1 holds it again, and something was rolled back meanwhile: the comparison is from before."""
        bench.add("newer")
        record = to_json(bench.record("2"))
        bench.judge("3")
        bench.promote("3")
        bench.judge("1")
        bench.promote("1")
        assert bench.refusal("2", record=record) == (
            "loan@champion has moved since the verdict and come back: it had moved 1 times then, and 3 times now. "
            "Compare with the one that holds it now: `mlgate run --model folder:loan/2 "
            "--champion folder:loan@champion`."
        )

    def test_a_verdict_that_was_used(self, bench: Bench) -> None:
        """What was rolled back does not come back on the verdict that let it in, whatever the record leaves out."""
        champion = replace(bench.subject("1"), alias=None)
        record = to_json(bench.record("2", champion=champion))
        bench.promote("2", record=record)
        bench.judge("1")
        bench.promote("1")
        assert bench.refusal("2", record=record).startswith(
            "this verdict was used already: loan@champion moved to version 2 on it at 2"
        )


class TestBreakGlass:
    def test_it_moves_without_evidence_and_is_written_down(self, bench: Bench) -> None:
        """With the reason."""
        assert bench.promote("2", break_glass="the champion answers nonsense") == "1"
        last = bench.ledger.entries[-1]
        assert (last.kind, last.version, last.reason) == ("break-glass", "2", "the champion answers nonsense")

    def test_the_gate_file_may_forbid_it(self, bench: Bench) -> None:
        """And the attempt is written down."""
        said = bench.refusal("2", Conditions(break_glass=False, gate_path="mlgate.toml"), break_glass="I want to")
        assert said == (
            "breaking the glass is forbidden: mlgate.toml says break_glass = false under [promote]. "
            "Whoever may change that file may allow it."
        )
        assert bench.kinds()[-1] == "refusal"

    def test_it_needs_a_reason(self, bench: Bench) -> None:
        """Blanks are none."""
        assert bench.refusal("2", break_glass=" ").startswith("breaking the glass needs a reason")


class TestSignatures:
    @pytest.fixture
    def strict(self, keys: Keys) -> Conditions:
        """A gate file that trusts one key."""
        return Conditions(keys=keys.public("ci"), require_signature=True)

    def test_a_signed_verdict_promotes(self, bench: Bench, strict: Conditions, signed: Any) -> None:
        """What was brought is left in the registry, and its digest stands in the ledger."""
        envelope = signed(bench.judge("2"), "ci")
        bench.promote("2", strict, attestation=envelope)
        assert bench.registry.document(bench.registry.version("folder:loan/2"), "attestation") == envelope
        assert "attestation" in bench.ledger.entries[-1].digests

    def test_an_unsigned_one_does_not(self, bench: Bench, strict: Conditions) -> None:
        """The way out is named."""
        bench.judge("2")
        assert bench.refusal("2", strict) == (
            "the verdict on folder:loan/2 is not signed, and [promote] asks for a signature. "
            "Sign it: `mlgate sign RECORD --key KEY`, then promote with --attestation FILE."
        )

    def test_an_unknown_key(self, bench: Bench, strict: Conditions, signed: Any) -> None:
        """Signed by somebody whom the gate file does not list."""
        said = bench.refusal("2", strict, attestation=signed(bench.judge("2"), "stranger"))
        assert said.startswith("the signed verdict proves nothing here: 0 of the given keys signed it")

    def test_a_signature_under_another_record(self, bench: Bench, strict: Conditions, signed: Any) -> None:
        """The verdict that is shown is not the one that was signed."""
        envelope = signed(bench.record("2"), "ci")
        bench.judge("2")
        said = bench.refusal("2", strict, attestation=envelope)
        assert said.startswith("the signed verdict proves nothing here: it was made on another record")

    def test_a_signature_under_another_model(self, bench: Bench, strict: Conditions, signed: Any) -> None:
        """Signed, and about other files."""
        envelope = signed(bench.record("1"), "ci")
        bench.judge("2")
        said = bench.refusal("2", strict, attestation=envelope)
        assert said.startswith("the signed verdict proves nothing here: it is not about these model files")
