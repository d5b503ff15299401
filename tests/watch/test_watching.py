"""A look at the champion on new rows: healthy, broken and taken back, or not to be measured and left alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mlgate import read_chain
from mlgate.folder_registry import FolderRegistry
from mlgate.gate import GateRequest
from mlgate.watch import Look, Outcome, Watch, watch


def looks(registry: FolderRegistry, rows: str, *, roll_back: bool = True, **asked: Any) -> list[Look]:
    request = GateRequest(only=("toy.hits",))
    return list(watch(Watch("loan", "champion", rows, request, roll_back), registry=registry, **asked))


def holder(registry: FolderRegistry) -> str:
    return registry.aliases("loan")["champion"]


def test_a_healthy_model_stays(champion: FolderRegistry) -> None:
    """One look, for cron; the evidence that promoted it is not written over."""
    version = champion.version("folder:loan/2")
    before = champion.document(version, "record")
    (look,) = looks(champion, "test.parquet")
    assert (look.outcome, look.version, look.exit_code, look.moved_to) == (Outcome.HEALTHY, "2", 0, None)
    assert holder(champion) == "2"
    assert champion.document(version, "record") == before


def test_a_broken_rule_takes_the_model_back(champion: FolderRegistry) -> None:
    """To what was promoted before, with an entry that says why."""
    (look,) = looks(champion, "fresh.parquet")
    assert (look.outcome, look.exit_code, look.moved_to) == (Outcome.BROKEN, 1, "1")
    last = read_chain(champion.history("loan")).entries[-1]
    assert (last.kind, last.moved_from, last.version) == ("rollback", "2", "1")
    assert last.reason is not None
    assert last.reason.startswith("watch: toy.hits: ")


def test_it_only_tells_where_it_may_do_no_more(champion: FolderRegistry) -> None:
    """The alias stays."""
    (look,) = looks(champion, "fresh.parquet", roll_back=False)
    assert (look.outcome, look.moved_to, holder(champion)) == (Outcome.BROKEN, None, "2")


def test_a_look_that_measures_nothing_moves_nothing(champion: FolderRegistry) -> None:
    """A feed that is not there is no fault of the model."""
    (look,) = looks(champion, "missing.parquet")
    assert (look.outcome, look.exit_code, look.moved_to, holder(champion)) == (Outcome.ERROR, 3, None, "2")


def test_nobody_to_watch(champion: FolderRegistry) -> None:
    """An alias that nobody holds."""
    request = GateRequest(only=("toy.hits",))
    (look,) = watch(Watch("loan", "shadow", "test.parquet", request), registry=champion)
    assert (look.outcome, look.problem) == (Outcome.ERROR, "nobody holds loan@shadow: there is nothing to watch.")


def test_there_is_nothing_to_go_back_to(champion: FolderRegistry) -> None:
    """The second broken look finds the first version in use, and none before it: it is said."""
    looks(champion, "fresh.parquet")
    (look,) = looks(champion, "fresh.parquet")
    assert (look.outcome, look.version, look.moved_to) == (Outcome.BROKEN, "1", None)
    assert look.problem is not None
    assert look.problem.startswith("it could not be rolled back: no version before this one")


def test_rules_against_a_champion_do_not_hold_for_the_champion(champion: FolderRegistry) -> None:
    """It would never be better than itself; no first release is denied by `bootstrap` either."""
    gate = Path("mlgate.toml")
    more = '[checks."toy.hits".better_than_champion]\nmargin = 0.1\n[champion]\nmodel = "folder:loan@champion"\n'
    gate.write_text(gate.read_text().replace("[policy]", '[policy]\nbootstrap = "deny"') + more)
    (look,) = looks(champion, "test.parquet")
    assert look.outcome is Outcome.HEALTHY, look.reasons


class Clock:
    """Time that passes by sleeping alone."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_a_loop_of_looks_ends(champion: FolderRegistry) -> None:
    """Three looks in three hours, an hour apart."""
    clock = Clock()
    hours: dict[str, Any] = {
        "lasting": timedelta(hours=3),
        "every": timedelta(hours=1),
        "sleep": clock.sleep,
        "clock": clock,
    }
    assert [look.outcome for look in looks(champion, "test.parquet", **hours)] == [Outcome.HEALTHY] * 3
    assert clock.slept == [3600.0, 3600.0]


def test_a_loop_ends_with_the_rollback(champion: FolderRegistry) -> None:
    """What was taken back was the thing to watch."""
    clock = Clock()
    hours: dict[str, Any] = {"lasting": timedelta(hours=3), "sleep": clock.sleep, "clock": clock}
    assert [look.moved_to for look in looks(champion, "fresh.parquet", **hours)] == ["1"]


def test_an_alias_that_moved_meanwhile_is_left_alone(champion: FolderRegistry, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in use now was not measured."""
    from mlgate.watch import watching

    first, second = champion.version("folder:loan/1"), champion.version("folder:loan/2")
    answers = iter([second, first])
    monkeypatch.setattr(champion, "holder", lambda name, alias: next(answers))
    monkeypatch.setattr(watching, "roll_back", lambda *asked, **more: pytest.fail("it moved"))
    (look,) = looks(champion, "fresh.parquet")
    assert look.problem == "somebody moved the alias meanwhile, so it is left alone."
