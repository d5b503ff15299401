"""Back to the version that was promoted lawfully before, if it still is what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mlgate import PromotionRefused
from mlgate.promotion import Rollback, roll_back

from .conftest import delete, forget

if TYPE_CHECKING:
    from .conftest import Bench, Keys


@pytest.fixture
def three(bench: Bench) -> Bench:
    """Versions 1, 2 and 3, promoted one after the other."""
    bench.add("third")
    for version in ("2", "3"):
        bench.judge(version)
        bench.promote(version)
    return bench


def back(bench: Bench, to: str | None = None, **asked: Any) -> str | None:
    """Where the alias went."""
    return roll_back(Rollback("loan", "champion", to, **asked), registry=bench.registry).version


def refusal(bench: Bench, to: str | None = None) -> str:
    before = bench.champion
    with pytest.raises(PromotionRefused) as caught:
        back(bench, to)
    assert bench.champion == before
    return str(caught.value)


def test_it_goes_back_one_step_at_a_time(three: Bench) -> None:
    """Not to and fro: what was rolled back is not what is gone back to."""
    assert [back(three), back(three)] == ["2", "1"]
    assert three.champion == "1"
    assert refusal(three) == (
        "no version before this one was promoted lawfully to loan@champion. "
        "`mlgate history loan` shows what was; what never was has to be promoted."
    )


def test_it_is_one_move_with_an_entry_of_its_own(three: Bench) -> None:
    """That names the promotion which it goes back to."""
    promoted = next(entry for entry in three.ledger.entries if entry.kind == "promotion" and entry.version == "2")
    back(three, reason="complaints")
    last = three.ledger.entries[-1]
    assert (last.kind, last.moved_from, last.version, last.generation, last.reason) == (
        *("rollback", "3", "2", 4, "complaints"),
    )
    assert last.digests == {"entry": f"sha256:{promoted.hash}", "model": promoted.digests["model"]}


def test_a_version_can_be_named(three: Bench) -> None:
    """Any that was promoted once, forth as well as back; twice changes nothing."""
    assert [back(three, "1"), back(three, "3"), back(three, "3")] == ["1", "3", "3"]
    assert three.kinds().count("rollback") == 2


def test_a_version_that_was_never_promoted(three: Bench) -> None:
    """A rollback is no way around a verdict."""
    three.add("fourth")
    three.judge("4")
    assert refusal(three, "4").startswith("version 4 was never promoted lawfully to loan@champion.")


def test_a_name_that_nobody_knows_is_said_to_be_one(three: Bench) -> None:
    """Most likely it is misspelt."""
    with pytest.raises(PromotionRefused) as caught:
        roll_back(Rollback("laon", "champion"), registry=three.registry)
    assert str(caught.value) == (
        "nothing is known of laon: it has no history, and nobody holds champion. "
        "Is the name right? It is the registered model's."
    )


def test_a_broken_glass_is_no_place_to_go_back_to(three: Bench) -> None:
    """It went there on no verdict; from it, the last lawful one is gone back to."""
    three.add("fourth")
    three.promote("4", break_glass="now")
    assert back(three) == "3"
    assert refusal(three, "4").startswith("version 4 was never promoted lawfully")


def test_bytes_that_changed_are_passed_over(three: Bench) -> None:
    """The next one that is still what it was; all of them are named where none is."""
    three.files("2").write_text("swapped")
    assert refusal(three, "2").startswith(
        "loan@champion can't go back: the files of version 2 are not those that were promoted."
    )
    assert back(three) == "1"


def test_versions_that_are_gone_are_passed_over(three: Bench) -> None:
    """Deleted, and deleted and made again."""
    delete(three, "1")
    delete(three, "2")
    assert refusal(three) == (
        "loan@champion can't go back: version 2 was deleted; version 1 was deleted. "
        "`mlgate history loan` shows what was promoted; --to names another version."
    )
    delete(three, "3")
    three.add("other")
    assert "version 1 was deleted and made again" in refusal(three, "1")


def test_the_champion_from_before_the_ledger_can_be_gone_back_to(bench: Bench) -> None:
    """A team that begins with mlgate has a champion that nobody promoted: the first verdict compared with it."""
    forget(bench)
    bench.judge("2")
    bench.promote("2")
    assert bench.ledger.entries[-1].moved_from == "1"
    assert back(bench) == "1"


def test_a_rollback_is_authorized_where_there_is_a_key(three: Bench, keys: Keys) -> None:
    """Its nonce stands in the ledger."""
    back(three, signers=[keys.private("ci")])
    assert three.ledger.entries[-1].nonce in three.ledger.spent()
