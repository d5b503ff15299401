"""Approvals: as many people as the gate file asks for, each once, and never the promoter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlgate import PromotionRefused
from mlgate.promotion import Conditions, approve
from mlgate.results import GateFacts

if TYPE_CHECKING:
    from .conftest import Bench, Keys

URI = "folder:loan/2"
HINT = "Somebody else with a key under [promote] keys has to: `mlgate approve folder:loan/2 --to champion --key KEY`."


@pytest.fixture
def two(keys: Keys) -> Conditions:
    """A gate file that asks for two of three people."""
    return Conditions(keys=keys.public("ci", "ann", "bob"), require_approvals=2)


@pytest.fixture
def judged(bench: Bench) -> Bench:
    bench.judge("2")
    return bench


def test_two_approvals_promote(judged: Bench, keys: Keys, two: Conditions) -> None:
    """Their digests stand in the ledger, and so does the approving itself."""
    for name in ("ann", "bob"):
        approve(URI, "champion", keys.private(name), registry=judged.registry, comment=f"{name} looked at it")
    assert judged.promote("2", two, signers=[keys.private("ci")]) == "1"
    approvals = [entry for entry in judged.ledger.entries if entry.kind == "approval"]
    assert [entry.reason for entry in approvals] == ["ann looked at it", "bob looked at it"]
    last = judged.ledger.entries[-1].digests
    assert {last["approval-1"], last["approval-2"]} == {entry.digests["approval"] for entry in approvals}
    assert {entry.digests["record"] for entry in approvals} == {last["record"]}


def test_approvals_can_be_brought_along(judged: Bench, keys: Keys, two: Conditions) -> None:
    """Made where the registry can't be reached; they are left in it."""
    version = judged.registry.version(URI)
    brought = []
    for name in ("ann", "bob"):
        approve(URI, "champion", keys.private(name), registry=judged.registry)
        document = f"approval-{keys.private(name).public_key.keyid[:16]}"
        path = judged.files("2").parents[1] / "documents" / f"{document}.json"
        brought.append(path.read_bytes())
        path.unlink()
    assert judged.refusal("2", two).startswith("0 of 2 approvals are there.")
    assert judged.promote("2", two, approvals=brought) == "1"
    assert len([name for name in judged.registry.documents(version) if name.startswith("approval-")]) == 2


def test_one_person_counts_once(judged: Bench, keys: Keys, two: Conditions) -> None:
    """However often."""
    for _ in range(2):
        approve(URI, "champion", keys.private("ann"), registry=judged.registry)
    assert judged.refusal("2", two, signers=[keys.private("ci")]) == f"1 of 2 approvals are there. {HINT}"


def test_the_promoter_does_not_count(judged: Bench, keys: Keys, two: Conditions) -> None:
    """Four eyes are two people."""
    for name in ("ann", "ci"):
        approve(URI, "champion", keys.private(name), registry=judged.registry)
    said = judged.refusal("2", two, signers=[keys.private("ci")])
    assert said.startswith("1 of 2 approvals are there (not counted: that of ")
    assert said.endswith(f": it is the promoter's own). {HINT}")


def test_a_stranger_does_not_count(judged: Bench, keys: Keys, two: Conditions) -> None:
    """Whose key the gate file does not list."""
    for name in ("ann", "stranger"):
        approve(URI, "champion", keys.private(name), registry=judged.registry)
    assert judged.refusal("2", two).startswith("1 of 2 approvals are there.")


def test_a_new_verdict_needs_new_approvals(judged: Bench, keys: Keys, two: Conditions) -> None:
    """They are under the verdict's digest."""
    for name in ("ann", "bob"):
        approve(URI, "champion", keys.private(name), registry=judged.registry)
    judged.judge("2")
    said = judged.refusal("2", two)
    assert said.startswith("0 of 2 approvals are there (not counted: that of ")
    assert said.count("it approves of another verdict") == 2


def test_an_approval_for_another_alias(judged: Bench, keys: Keys, two: Conditions) -> None:
    """Staging is not production."""
    for name, alias in (("ann", "champion"), ("bob", "staging")):
        approve(URI, alias, keys.private(name), registry=judged.registry)
    assert "it is for the alias 'staging', and this is 'champion'" in judged.refusal("2", two)


def test_there_is_nothing_to_approve_of(bench: Bench, keys: Keys) -> None:
    """No verdict, one that allows nothing, and files that were changed."""
    said = []
    for prepare in (
        lambda: None,
        lambda: bench.judge("2", gate=GateFacts(0.95, left_out=("toy.two",))),
        lambda: (bench.judge("2"), bench.files("2").write_text("swapped")),
    ):
        prepare()
        with pytest.raises(PromotionRefused) as caught:
            approve(URI, "champion", keys.private("ann"), registry=bench.registry)
        said.append(caught.value.message)
    assert said == [
        "folder:loan/2 has no record: nobody judged it.",
        "the verdict on folder:loan/2 allows nothing: there is nothing to approve of.",
        "the files of folder:loan/2 are not those that were judged.",
    ]
