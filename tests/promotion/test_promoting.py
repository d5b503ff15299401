"""An alias moves on evidence about this version, these bytes and this champion; else one reason says why not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mlgate.errors import PromotionRefused
from mlgate.opening import digest
from mlgate.promotion import promote, write_back
from mlgate.results import Decision, GateFacts, ModelSubject, Record, Verdict
from mlgate.results.record_json import to_json

if TYPE_CHECKING:
    from .conftest import ShelfRegistry

AGAIN = "Judge it: `mlgate run --model models:/loan/2`."


def refused(registry: ShelfRegistry, record: Record | bytes) -> str:
    """The sentence, after making sure that the alias has not moved."""
    document = record if isinstance(record, bytes) else to_json(record)
    with pytest.raises(PromotionRefused) as caught:
        promote("models:/loan/2", "champion", registry=registry, record=document)
    assert registry.aliases == {"champion": "1"}
    return str(caught.value)


class TestAllowed:
    def test_the_alias_moves_on_the_record_that_the_run_wrote_back(
        self, registry: ShelfRegistry, allowed: Record
    ) -> None:
        """What `run` tells the registry is what `promote` finds there."""
        write_back(registry, to_json(allowed), allowed)
        move = promote("models:/loan/2", "champion", registry=registry)
        assert (move.previous, move.version, registry.aliases) == ("1", "2", {"champion": "2"})
        assert registry.tags["2"]["mlgate.decision"] == "allowed"

    def test_a_dry_run_says_what_would_move_and_moves_nothing(self, registry: ShelfRegistry, allowed: Record) -> None:
        """The same examination, without the last step."""
        move = promote("models:/loan/2", "champion", registry=registry, record=to_json(allowed), dry_run=True)
        assert (move.previous, move.version, registry.aliases) == ("1", "2", {"champion": "1"})

    def test_a_second_promotion_of_the_holder_changes_nothing(self, registry: ShelfRegistry, allowed: Record) -> None:
        """A retry after a lost answer succeeds."""
        for _ in range(2):
            promote("models:/loan/2", "champion", registry=registry, record=to_json(allowed))
        assert registry.aliases == {"champion": "2"}

    def test_a_first_release_needs_no_champion(self, registry: ShelfRegistry, allowed: Record) -> None:
        """Nobody held the alias then, and nobody holds it now."""
        registry.aliases.clear()
        first = replace(allowed, facts=replace(allowed.facts, champion=None))
        assert promote("models:/loan/2", "champion", registry=registry, record=to_json(first)).previous is None


class TestRefused:
    def test_nobody_judged_it(self, registry: ShelfRegistry) -> None:
        """No record, no promotion."""
        with pytest.raises(PromotionRefused) as caught:
            promote("models:/loan/2", "champion", registry=registry)
        assert str(caught.value) == f"models:/loan/2 has no record: nobody judged it. {AGAIN}"

    @pytest.mark.parametrize(
        ("decision", "code"),
        [(Decision.DENIED, 1), (Decision.UNDECIDED, 2), (Decision.DENIED, 3), (Decision.DENIED, 5)],
    )
    def test_a_verdict_that_does_not_allow(
        self, registry: ShelfRegistry, allowed: Record, decision: Decision, code: int
    ) -> None:
        """The first reason of the verdict is the reason of the refusal."""
        verdict = Verdict(decision, ("toy.one: 0 is below 1",), code)
        assert refused(registry, replace(allowed, verdict=verdict)) == (
            f"the verdict on models:/loan/2 is {decision}: toy.one: 0 is below 1. Mend that. {AGAIN}"
        )

    def test_a_run_that_was_broken_off(self, registry: ShelfRegistry, allowed: Record) -> None:
        """Half a run allows nothing, whatever its half says."""
        assert refused(registry, replace(allowed, complete=False)) == (
            "the run 20260101T000000-abcdef was broken off: its record is not complete. "
            "Finish it: `mlgate run --resume`."
        )

    def test_a_run_that_left_out_checks_of_the_gate_file(self, registry: ShelfRegistry, allowed: Record) -> None:
        """A quick look with --checks is no verdict for a promotion."""
        gate = GateFacts(0.95, left_out=("performance.slices",))
        said = refused(registry, replace(allowed, facts=replace(allowed.facts, gate=gate)))
        assert said == (
            "the run 20260101T000000-abcdef left out checks of the gate file: performance.slices. "
            f"Run them all. {AGAIN}"
        )

    def test_another_version(self, registry: ShelfRegistry, allowed: Record) -> None:
        """A record can't be carried over to a version that was never judged."""
        other = ModelSubject("models:/loan/9", digest(registry.folder / "2"), "loan", "9")
        said = refused(registry, replace(allowed, facts=replace(allowed.facts, candidate=other)))
        assert said == f"the record is about models:/loan/9, not about models:/loan/2. {AGAIN}"

    def test_bytes_that_changed_after_the_verdict(self, registry: ShelfRegistry, allowed: Record) -> None:
        """The version is the same, its files are not."""
        (registry.folder / "2" / "model.txt").write_text("swapped")
        said = refused(registry, allowed)
        assert said.startswith("the files of models:/loan/2 are not those that were judged: their digest is sha256:")
        assert said.endswith(f"Find out who changed them. {AGAIN}")

    def test_a_champion_that_changed_after_the_comparison(self, registry: ShelfRegistry, allowed: Record) -> None:
        """Better than the old champion is not better than the new one."""
        registry.add("3", "newer")
        registry.aliases["champion"] = "3"
        with pytest.raises(PromotionRefused) as caught:
            promote("models:/loan/2", "champion", registry=registry, record=to_json(allowed))
        assert str(caught.value) == (
            "loan@champion is held by version 3, and the record compares with models:/loan/1. Compare with the one "
            "that holds it now: `mlgate run --model models:/loan/2 --champion models:/loan@champion`."
        )
        assert registry.aliases == {"champion": "3"}

    def test_a_champion_that_appeared_since(self, registry: ShelfRegistry, allowed: Record) -> None:
        """A first release that was overtaken has to be compared."""
        first = replace(allowed, facts=replace(allowed.facts, champion=None))
        assert refused(registry, first).startswith(
            "loan@champion is held by version 1, and the record compares with nobody."
        )

    def test_a_record_that_is_none(self, registry: ShelfRegistry, allowed: Record) -> None:
        """Cut off in the middle: refused, with the way out."""
        said = refused(registry, to_json(allowed)[:-20])
        assert said.startswith("the record of models:/loan/2 is no evidence: ")
        assert said.endswith("Judge it again: `mlgate run --model models:/loan/2`.")
