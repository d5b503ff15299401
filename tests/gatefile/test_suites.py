"""A table of a suite is one for each of its members."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mlgate.checks import Check, check
from mlgate.errors import GateFileError
from mlgate.gatefile import GateFile, load
from mlgate.results import Level, Measurement
from mlgate.runner import select, without_suites


def _made(id: str, *, members: tuple[str, ...] = (), level: str = "warn") -> Check:
    def measure(*, seed: int = 0) -> Measurement:
        """A toy."""
        return Measurement.exact(0.5, n=1)

    default = {} if members else {"at_most": 1, "level": level}
    return replace(check(id, default=default)(measure), members=members, on_request=True)


CHECKS = (
    _made("toy.a"),
    _made("toy.b", level="enforce"),
    _made("toy.c"),
    _made("toy.few", members=("toy.a",)),
    _made("toy.many", members=("toy.a", "toy.b")),
)
KNOWN = {each.id: each for each in CHECKS}


def read(folder: Path, text: str) -> GateFile:
    path = folder / "mlgate.toml"
    path.write_text(f"version = 1\n{text}", encoding="utf-8")
    return load(path, CHECKS)


def test_members_stand_in_the_place_of_their_suite(tmp_path: Path) -> None:
    """With its options, at its line; each with its own default rules."""
    gate = read(tmp_path, '[checks."toy.many"]\nseed = 3\n')
    assert set(gate.checks) == {"toy.a", "toy.b"}
    entry = gate.checks["toy.a"]
    assert (dict(entry.options), entry.rules, entry.of_suite) == ({"seed": 3}, (), True)
    assert str(entry.where).endswith("mlgate.toml:2")


def test_a_level_of_the_suite_is_one_of_every_member(tmp_path: Path) -> None:
    """Laid over the rules that each member has by itself."""
    gate = read(tmp_path, '[checks."toy.many"]\nlevel = "observe"\n')
    assert [rule.level for id in ("toy.a", "toy.b") for rule in gate.checks[id].rules] == [Level.OBSERVE] * 2


def test_the_table_nearest_to_a_check_counts(tmp_path: Path) -> None:
    """Its own, then that of the smallest suite."""
    suites = '[checks."toy.few"]\nseed = 1\n[checks."toy.many"]\nseed = 2\n'
    assert {id: each.options["seed"] for id, each in read(tmp_path, suites).checks.items()} == {"toy.a": 1, "toy.b": 2}
    gate = read(tmp_path, suites + '[checks."toy.a"]\nseed = 5\n')
    assert (gate.checks["toy.a"].options["seed"], gate.checks["toy.a"].of_suite) == (5, False)


def test_a_mistake_is_told_once_and_a_waiver_names_checks(tmp_path: Path) -> None:
    """A waiver of a whole suite would hide what it holds."""
    with pytest.raises(GateFileError) as caught:
        read(tmp_path, '[checks."toy.many"]\nseed = "x"\n')
    assert len(caught.value.problems) == 1
    waiver = '[[waivers]]\ncheck = "toy.many"\nreason = "r"\nowner = "o"\nuntil = 2099-01-01\n'
    with pytest.raises(GateFileError, match=r"toy\."):
        read(tmp_path, waiver)


def test_a_costly_check_runs_where_it_is_named() -> None:
    """By the gate file or by a pattern; a suite is planned as its members, less what is skipped."""
    assert select(KNOWN) == ()
    assert [each.id for each in select(KNOWN, listed={"toy.c"})] == ["toy.c"]
    chosen = select(KNOWN, only=("toy.many",))
    assert [each.id for each in without_suites(chosen, KNOWN)] == ["toy.a", "toy.b"]
    assert [each.id for each in without_suites(chosen, KNOWN, skip=("toy.a",))] == ["toy.b"]
