"""The one road: private copy, digest, checks, opening, digest again."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mlgate.errors import ModelError
from mlgate.opening import OpenedModel, StagedModel, digest, digest_model, stage
from mlgate.opening import open_model as open_confined
from mlgate.spec import LocatedModel


@dataclass
class ToyOpener:
    """Hands the located model to `opening` and returns what that returns."""

    opening: Callable[[LocatedModel], object]
    accepts: str = "toys"

    def claims(self, uri: str) -> bool:
        return uri.startswith("toy:")

    def locate(self, uri: str) -> LocatedModel:
        return LocatedModel(uri, uri, Path(uri.removeprefix("toy:")))

    def open(self, model: LocatedModel) -> Any:
        return self.opening(model)


# A toy opens nothing that could harm, and its opener is no class that another process could find.
open_model = partial(open_confined, confined=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "weights.bin").write_bytes(b"weights")
    return folder


def located(folder: Path) -> LocatedModel:
    return LocatedModel("toy:it", "toy:it", folder)


def test_opens_a_private_copy_and_says_its_digest(folder: Path) -> None:
    """The opener sees a copy that only its owner can read, with the digest of the original."""
    seen: list[Path] = []

    def opening(model: LocatedModel) -> object:
        assert model.path is not None
        seen.append(model.path)
        assert (model.path / "weights.bin").read_bytes() == b"weights"
        assert stat.S_IMODE(model.path.parent.stat().st_mode) == 0o700
        return object()

    opened = open_model(located(folder), ToyOpener(opening))
    assert opened.digest == digest(folder) == digest_model(located(folder))
    assert seen != [folder]


def test_the_copy_lives_as_long_as_the_opened_model(folder: Path) -> None:
    """A model may read its files late; when nobody holds the model any more, its copy goes."""
    opened: OpenedModel | None = open_model(located(folder), ToyOpener(lambda _: object()))
    assert opened is not None
    path = opened.staged.path
    assert path is not None
    assert path.exists()
    opened = None
    assert not path.exists()


def test_what_changes_after_staging_is_not_opened(folder: Path) -> None:
    """Bytes that are swapped after the digest was taken never reach the opener."""
    staged = stage(located(folder))
    (folder / "weights.bin").write_bytes(b"other weights")

    def opening(model: LocatedModel) -> object:
        assert model.path is not None
        return (model.path / "weights.bin").read_bytes()

    opened = open_model(staged, ToyOpener(opening))
    read: object = opened.model
    assert read == b"weights"
    assert opened.digest != digest(folder)


def test_a_model_that_writes_into_its_folder_is_refused(folder: Path) -> None:
    """What was digested must be what was opened."""

    def opening(model: LocatedModel) -> object:
        assert model.path is not None
        (model.path / "weights.bin").write_bytes(b"changed on loading")
        return object()

    with pytest.raises(ModelError) as caught:
        open_model(located(folder), ToyOpener(opening))
    assert str(caught.value) == (
        "The files of the model toy:it changed while it was opened, so no verdict can be bound to them. "
        "A model must not write into its own folder when it is loaded."
    )


def test_code_in_the_folder_leaves_no_bytecode(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing a module of the model does not count as a change of its files."""
    (folder / "mlgate_toy_code.py").write_text("answer = 42\n")

    def opening(model: LocatedModel) -> object:
        monkeypatch.syspath_prepend(str(model.path))
        import mlgate_toy_code  # type: ignore[import-not-found]

        return mlgate_toy_code.answer

    answer: object = open_model(located(folder), ToyOpener(opening)).model
    assert answer == 42
    monkeypatch.delitem(sys.modules, "mlgate_toy_code")


def test_steps_before_opening_keep_a_model_closed(folder: Path) -> None:
    """A scanner that refuses is asked before the opener, and sees the files that would be opened."""
    opened: list[LocatedModel] = []

    def scanner(model: StagedModel) -> None:
        assert model.path is not None
        assert (model.path / "weights.bin").exists()
        raise ModelError("The scanner found something.")

    def opening(model: LocatedModel) -> object:
        opened.append(model)
        return object()

    with pytest.raises(ModelError, match="The scanner found something"):
        open_model(located(folder), ToyOpener(opening), steps=[scanner])
    assert opened == []


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (RuntimeError("a wheel came off.\nmore"), "The model toy:it can't be opened: RuntimeError: a wheel came off."),
        (SystemExit(0), "The model toy:it can't be opened: SystemExit: 0."),
        (
            ModuleNotFoundError("No module named 'torch'", name="torch"),
            "The model toy:it needs the Python module 'torch', which is not installed here.",
        ),
    ],
)
def test_whatever_opening_raises_is_a_model_error(folder: Path, error: BaseException, message: str) -> None:
    """Even `sys.exit(0)` inside a model, which would end the gate as if it had allowed."""

    def opening(model: LocatedModel) -> object:
        raise error

    with pytest.raises(ModelError) as caught:
        open_model(located(folder), ToyOpener(opening))
    assert caught.value.message == message


def test_a_link_inside_is_refused_and_a_link_to_the_model_is_followed(folder: Path, tmp_path: Path) -> None:
    """`models/current -> models/7` is how people name a model; a link inside one can't be bound."""
    (tmp_path / "current").symlink_to(folder)
    assert digest_model(located(tmp_path / "current")) == digest(folder)
    (folder / "extra").symlink_to(tmp_path)
    with pytest.raises(ModelError, match="The model holds a symbolic link"):
        stage(located(folder))
