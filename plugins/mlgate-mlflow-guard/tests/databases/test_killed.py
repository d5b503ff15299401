"""A server that is killed between a move and its commit."""

from __future__ import annotations

import os
from pathlib import Path
from signal import SIGKILL
from typing import Any
from urllib.error import URLError

import pytest

from mlgate_mlflow_guard import books

pytestmark = pytest.mark.xdist_group("databases")  # PostgreSQL starts once
NAME = "clf-killed"


def _dies() -> None:
    """Make this process one that kills itself when a move is written and not yet committed."""
    real = books.write

    def write(session: Any, place: Any, event: Any) -> Any:
        entry = real(session, place, event)
        if entry.moves:
            os.kill(os.getpid(), SIGKILL)
        return entry

    books.write = write


def test_a_server_that_is_killed_before_it_commits(
    uri: str, keys: Any, serve: Any, world_of: Any, tmp_path: Path
) -> None:
    """Alias, count, nonce and entry were all written, and none was committed: the next server knows of none of them."""
    with serve(tmp_path, uri, keys, first=_dies) as server:
        world = world_of(server, keys, NAME)
        world.make()
        number = world.add()
        evidence = {"attestation": world.judge(number)}
        document = world.authorization(world.move(number), evidence)
        assert world.tag(number, "mlgate.authorization", document).status == 200
        with pytest.raises((ConnectionError, URLError)):
            world.set(number)
    with serve(tmp_path, uri, keys) as server:
        world = world_of(server, keys, NAME)
        assert world.holder() is None
        assert [entry.kind for entry in world.ledger().entries] == ["verdict"]
        assert world.guard()["aliases"] == {}
        assert world.set(number).status == 200
        assert world.holder() == number
        assert [entry.kind for entry in world.ledger().entries] == ["verdict", "promotion"]
