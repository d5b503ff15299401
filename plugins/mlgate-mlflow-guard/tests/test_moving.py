"""A protected alias moves for a signed authorization of exactly this move, once; over HTTP, without a client of ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

WAY_OUT = "`mlgate promote models:/{0}/{1} --to champion --key KEY` makes one."


def test_without_an_authorization_nothing_moves(world: Any) -> None:
    """403 with the rule and the way out; the refusal stands in the ledger."""
    number = world.add()
    answer = world.set(number)
    assert (answer.status, answer.body["error_code"]) == (403, "PERMISSION_DENIED")
    assert answer.said == (
        f"mlgate's guard refused this (protected-alias): {world.name}@champion moves for a signed authorization alone, "
        f"and version {number} has none. {WAY_OUT.format(world.name, number)}"
    )
    assert world.holder() is None
    assert world.refusals() == [
        f"{world.name}@champion moves for a signed authorization alone, and version {number} has none."
    ]


def test_with_one_it_moves_and_is_written_down(world: Any) -> None:
    """Alias, count and entry together; the entry names what it rests on."""
    one, two = world.add(b"one"), world.add(b"two")
    assert world.promote(one).status == 200
    assert world.promote(two).status == 200
    assert world.holder() == two
    first, second = world.ledger().entries
    assert (first.version, first.moved_from, first.generation) == (one, None, 1)
    assert (second.version, second.moved_from, second.generation) == (two, one, 2)
    assert (second.actor, second.cas, second.kind) == ("ann", True, "promotion")
    assert set(second.digests) == {"model", "attestation", "authorization"}
    assert world.guard()["aliases"] == {"champion": {"generation": 2, "protected": True}}
    assert world.guard()["head"] == second.hash


def test_a_move_that_was_finished_succeeds_again(world: Any) -> None:
    """The answer was lost, the job repeats it: nothing moves, nothing is written down twice."""
    number = world.add()
    assert world.promote(number).status == 200
    assert world.set(number).status == 200
    assert len(world.ledger().entries) == 1
