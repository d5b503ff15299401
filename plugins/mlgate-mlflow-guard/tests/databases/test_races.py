"""Eight processes promote different versions at once, through two servers on one database: one of them wins."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("databases")  # PostgreSQL starts once
PROMOTERS = 8
ROUNDS = 3


@pytest.fixture
def two(uri: str, keys: Any, serve: Any, tmp_path: Path) -> Iterator[list[Any]]:
    """Two servers on one database and one store of artifacts."""
    with serve(tmp_path, uri, keys) as first, serve(tmp_path, uri, keys) as second:
        yield [first, second]


def test_one_of_eight_wins_each_round(two: list[Any], keys: Any, world_of: Any) -> None:
    """Each loser is told why, with a status that is not repeated; the chain holds, and no move is lost."""
    worlds = [world_of(each, keys, "clf-race") for each in two]
    worlds[0].make()
    numbers = [worlds[0].add(f"weights {place}".encode()) for place in range(PROMOTERS)]
    evidence = {number: {"attestation": worlds[0].judge(number)} for number in numbers}
    winners: list[str] = []
    for _ in range(ROUNDS):
        contenders = [number for number in numbers if number not in winners[-1:]]
        for number in contenders:
            document = worlds[0].authorization(worlds[0].move(number), evidence[number])
            assert worlds[0].tag(number, "mlgate.authorization", document).status == 200
        answers = _at_once(worlds, contenders)
        assert Counter(status for status, _ in answers.values()) == {200: 1, 409: len(contenders) - 1}, answers
        (winner,) = (number for number, (status, _) in answers.items() if status == 200)
        assert worlds[1].holder() == winner
        losers = [said for status, said in answers.values() if status == 409]
        assert all("mlgate's guard refused this (holder)" in said for said in losers)
        winners.append(winner)
    moves = [entry for entry in worlds[1].ledger().entries if entry.moves]
    assert [entry.version for entry in moves] == winners
    assert [entry.generation for entry in moves] == list(range(1, ROUNDS + 1))
    assert [entry.moved_from for entry in moves] == [None, *winners[:-1]]


def _at_once(worlds: list[Any], numbers: list[str]) -> dict[str, tuple[int, str]]:
    """What each process was told that set the alias to its version when all were ready."""
    here = multiprocessing.get_context("fork")
    ready, told = here.Barrier(len(numbers)), here.Queue()

    def promote(world: Any, number: str) -> None:
        ready.wait(60)
        answer = world.set(number)
        told.put((number, (answer.status, answer.said)))

    children = [here.Process(target=promote, args=(worlds[place % 2], number)) for place, number in enumerate(numbers)]
    for child in children:
        child.start()
    answers = dict(told.get(timeout=120) for _ in children)
    for child in children:
        child.join(60)
    return answers
