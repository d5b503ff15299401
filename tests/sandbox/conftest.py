"""Real pickles that run code when they are opened."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mlgate.opening import OpenedModel, StagedModel
from mlgate.opening.confined.model import ConfinedModel
from mlgate.opening.pickles import PickleOpener
from mlgate.sandbox.limits import Limits

Open = Callable[..., OpenedModel]


class Running:
    """Unpickles as what `source` leaves under the name `model`."""

    def __init__(self, source: str) -> None:
        self._source = source

    def __reduce__(self) -> tuple[object, ...]:
        run = f"(lambda space: (exec({self._source!r}, space), space['model'])[1])({{}})"
        return eval, (run,)


@pytest.fixture(scope="session")
def pickled() -> Callable[[str], bytes]:
    """A pickle that runs source code when it is opened, and is then what the source calls `model`."""
    return lambda source: pickle.dumps(Running(source))


@pytest.fixture
def open_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pickled: Callable[[str], bytes]) -> Iterator[Open]:
    """Open source code as a model, in a folder of the test's own; its process ends with the test."""
    monkeypatch.chdir(tmp_path)
    made: list[OpenedModel] = []

    def opened(source: str, seconds: float = 60.0) -> OpenedModel:
        Path("model.pkl").write_bytes(pickled(source))
        opener = PickleOpener()
        located = opener.locate("model.pkl")
        model = ConfinedModel(located, opener, Limits(memory=4 << 30, seconds=seconds))
        made.append(OpenedModel(StagedModel(located, None), model))
        return made[-1]

    yield opened
    for model in made:
        model.close()
