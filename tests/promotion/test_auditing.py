"""Every way of moving an alias behind the gate's back is found, and put back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlgate.promotion import Audit, audit, fix, promote

from .conftest import delete, forget

if TYPE_CHECKING:
    from .conftest import Bench


@pytest.fixture
def promoted(bench: Bench) -> Bench:
    """Version 2 was promoted lawfully after version 1; version 3 never was."""
    bench.add("third")
    bench.judge("2")
    bench.promote("2")
    return bench


def audited(bench: Bench) -> Audit:
    return audit("loan", registry=bench.registry, aliases=["champion"])


def aliases_file(bench: Bench) -> Path:
    return bench.folder / "registry" / "loan" / "aliases.json"


def by_hand(bench: Bench, version: str | None) -> None:
    """Move the alias as an editor can: in the file."""
    tree = json.loads(aliases_file(bench).read_text())
    created = bench.registry.version(f"folder:loan/{version}").created if version else None
    tree["champion"] |= {"version": version, "created": created}
    aliases_file(bench).write_text(json.dumps(tree))


def made_again(bench: Bench) -> None:
    delete(bench, "3")
    delete(bench, "2")
    bench.add("new")


def test_a_sound_history(promoted: Bench) -> None:
    """Nothing to tell."""
    found = audited(promoted)
    assert (found.sound, found.broken, found.uncovered, found.past, found.loud) == (True, None, (), (), ())


def test_a_model_without_any_history(bench: Bench) -> None:
    """Nobody holds anything: that is sound."""
    assert audit("nothing", registry=bench.registry, aliases=["champion"]).sound


BEHIND = {
    "moved by hand": (
        lambda bench: by_hand(bench, "3"),
        "version 3 holds it, and entry 4 moved it to version 2",
        "moved back to version 2",
        "2",
    ),
    "taken away": (
        lambda bench: by_hand(bench, None),
        "nobody holds it, and entry 4 moved it to version 2",
        "moved back to version 2",
        "2",
    ),
    "bytes changed": (
        lambda bench: bench.files("2").write_text("swapped"),
        "the files of version 2 are not those that entry 4 moved it to",
        "moved back to version 1",
        "1",
    ),
    "made again": (
        made_again,
        "version 2 was deleted and made again since entry 4",
        "moved back to version 1",
        "1",
    ),
}


@pytest.mark.parametrize(("attack", "reason", "mended", "holder"), BEHIND.values(), ids=BEHIND)
def test_a_move_behind_the_gate_is_found_and_put_back(
    promoted: Bench, attack: Callable[[Bench], object], reason: str, mended: str, holder: str
) -> None:
    """With an entry that says so; afterwards all is sound."""
    attack(promoted)
    found = audited(promoted)
    assert not found.sound
    assert [(each.alias, each.reason) for each in found.uncovered] == [("champion", reason)]
    assert [each.mended for each in fix(found, registry=promoted.registry)] == [mended]
    assert promoted.champion == holder
    assert (promoted.ledger.entries[-1].kind, promoted.ledger.entries[-1].reason) == ("correction", f"audit: {reason}")
    assert audited(promoted).sound


def test_an_alias_from_before_the_ledger_is_left_in_use(bench: Bench) -> None:
    """On the day on which a team begins with mlgate, nothing in production may be taken away."""
    forget(bench)
    found = audited(bench)
    assert [each.reason for each in found.uncovered] == ["version 1 holds it, and no entry moved it there"]
    assert [each.mended for each in fix(found, registry=bench.registry)] == [None]
    assert bench.champion == "1"


def test_an_alias_that_nobody_ever_held_lawfully_is_taken_away(bench: Bench) -> None:
    """No entry moved it there, and the ledger knows of other moves."""
    forget(bench)
    bench.judge("2", champion=None)
    promote("folder:loan/2", "staging", registry=bench.registry)
    found = audited(bench)
    assert [each.reason for each in found.uncovered] == ["version 1 holds it, and no entry moved it there"]
    assert [each.mended for each in fix(found, registry=bench.registry)] == [
        "taken away, because nobody held it lawfully before"
    ]
    assert bench.champion is None
    assert audited(bench).sound


def test_a_move_that_a_lawful_one_has_passed_is_told(promoted: Bench) -> None:
    """It is over, and it happened."""
    by_hand(promoted, "3")
    promoted.judge("1")
    promoted.promote("1")
    found = audited(promoted)
    assert found.sound
    (past,) = found.past
    assert past.startswith("champion: before entry 6 (2")
    assert past.endswith("it was held by version 3, and entry 4 had moved it to version 2")


def test_a_broken_glass_is_told(promoted: Bench) -> None:
    """Lawful by the gate file, and loud for ever."""
    promoted.promote("3", break_glass="now")
    found = audited(promoted)
    assert found.sound
    assert [(entry.version, entry.reason) for entry in found.loud] == [("3", "now")]


def test_the_first_broken_link_is_named(promoted: Bench) -> None:
    """And nothing is put back on a history that nobody can believe."""
    path = promoted.folder / "registry" / "loan" / "ledger.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:1], *lines[2:]]))
    found = audited(promoted)
    assert not found.sound
    assert str(found.broken) == "entry 2: it is missing: number 3 stands in its place."


def test_an_end_that_was_cut_off_is_missed(promoted: Bench) -> None:
    """The file of aliases keeps the hash of the last move."""
    path = promoted.folder / "registry" / "loan" / "ledger.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    assert str(audited(promoted).broken) == (
        "entry 4: the end was cut off: the entry that the registry knows as the last is not there."
    )
