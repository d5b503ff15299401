"""The folder: what a crash leaves half done is finished, of many processes one wins, and files are for people."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mlgate import ModelError, RegistryError, read_chain
from mlgate.folder_registry import FolderRegistry, register
from mlgate.testing.registries import ALIAS, RegistryCase

PROMOTER = """
import sys
from mlgate.folder_registry import FolderRegistry
from mlgate.errors import AliasMoved
from mlgate.testing.registries import RegistryCase
case = RegistryCase(FolderRegistry(), "loan", ("folder:loan/1", "folder:loan/2"))
won = 0
for round in range(int(sys.argv[2])):
    move = case.move(int(sys.argv[1]))
    if move.generation > round:
        continue
    try:
        case.set(move)
        won += 1
    except AliasMoved:
        pass
print(won)
"""
KILLED = """
import os, sys
from mlgate.folder_registry import FolderRegistry, shelf
from mlgate.testing.registries import RegistryCase
case = RegistryCase(FolderRegistry(), "loan", ("folder:loan/1", "folder:loan/2"))
step = sys.argv[1]
if step == "between ledger and alias":
    shelf.write_json = lambda *written: os._exit(9)
elif step == "in the middle of the entry":
    os.fsync = lambda file: (os.ftruncate(file, os.fstat(file).st_size - 20), os._exit(9))
elif step == "before the ledger":
    shelf.append = lambda *written: os._exit(9)
case.set(case.move(1))
"""


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RegistryCase:
    """`loan` in two versions."""
    monkeypatch.setenv("MLGATE_REGISTRY", str(tmp_path / "registry"))
    for content in ("old", "new"):
        (tmp_path / "model.txt").write_text(content)
        register("loan", tmp_path / "model.txt")
    return RegistryCase(FolderRegistry(), "loan", ("folder:loan/1", "folder:loan/2"))


@pytest.mark.parametrize(
    ("step", "holder"),
    [("before the ledger", "1"), ("in the middle of the entry", "1"), ("between ledger and alias", "2")],
)
def test_alias_and_ledger_agree_after_a_crash(case: RegistryCase, step: str, holder: str) -> None:
    """A process that dies at each step; the next one that comes finishes or forgets what it began."""
    case.set(case.move(0))
    done = subprocess.run([sys.executable, "-c", KILLED, step], check=False)
    assert done.returncode == 9
    seen = case.registry.holder(case.name, ALIAS)
    assert seen is not None
    assert seen.version == holder  # before anybody wrote again
    case.registry.append(case.event(case.move(0, expected=None)))  # whoever comes next
    entries = case.entries()
    held = case.registry.holder(case.name, ALIAS)
    assert held is not None
    assert held.version == holder
    assert [entry.version for entry in entries[:-1]][-1] == holder
    assert read_chain(case.registry.history("loan")).broken is None


def test_of_many_processes_one_wins_each_round(case: RegistryCase) -> None:
    """Four processes, twenty rounds: as many moves as were won, each generation once."""
    started = [
        subprocess.Popen([sys.executable, "-c", PROMOTER, str(place % 2), "20"], stdout=subprocess.PIPE, text=True)
        for place in range(4)
    ]
    won = sum(int(each.communicate(timeout=120)[0]) for each in started)
    moves = [entry.generation for entry in case.entries() if entry.moves]
    assert moves == list(range(1, won + 1))
    assert won >= 1


def test_a_lock_that_is_held_is_waited_for_and_then_told(
    case: RegistryCase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever hangs is somebody's process."""
    from filelock import FileLock

    from mlgate.folder_registry import shelf

    monkeypatch.setattr(shelf, "LOCK_SECONDS", 0.2)
    move = case.move(0)
    with FileLock(tmp_path / "registry" / "loan" / ".lock"):
        started = time.monotonic()
        with pytest.raises(RegistryError, match="was locked by somebody else") as caught:
            case.set(move)
        assert time.monotonic() - started < 10
    assert "look for a process that hangs" in str(caught.value)


def test_the_files_are_made_for_git(case: RegistryCase, tmp_path: Path) -> None:
    """Sorted JSON, an entry a line, no lock among what is committed."""
    case.set(case.move(0))
    folder = tmp_path / "registry"
    text = (folder / "loan" / "aliases.json").read_text()
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"
    assert json.loads(text)[ALIAS]["version"] == "1"
    assert (folder / ".gitignore").read_text() == ".lock\n"
    assert (folder / "loan" / "versions" / "2" / "files" / "model.txt").read_text() == "new"


def test_a_folder_of_a_model_is_kept_whole(case: RegistryCase, tmp_path: Path) -> None:
    """With what is in it."""
    model = tmp_path / "mlflow-model"
    (model / "data").mkdir(parents=True)
    (model / "MLmodel").write_text("flavors: {}\n")
    (model / "data" / "model.bin").write_bytes(b"x")
    version = register("loan", model)
    fetched = case.registry.fetch(version)
    assert sorted(path.relative_to(fetched).as_posix() for path in fetched.rglob("*") if path.is_file()) == [
        "MLmodel",
        "data/model.bin",
    ]


@pytest.mark.parametrize("name", ["..", "../loan", "a/b", "", ".hidden", "loan\n", "loan@champion"])
def test_a_name_is_no_way_out_of_the_folder(case: RegistryCase, tmp_path: Path, name: str) -> None:
    """Neither in registering nor in asking."""
    with pytest.raises(ModelError, match="is no name of a model"):
        register(name, tmp_path / "model.txt")
    with pytest.raises(ModelError, match="is no name of a model"):
        case.registry.holder(name, ALIAS)


@pytest.mark.parametrize("uri", ["folder:loan", "folder:loan/x", "folder:../loan/1", "folder:loan/1/2", "folder:loan@"])
def test_what_names_no_version(case: RegistryCase, uri: str) -> None:
    """The form is told."""
    with pytest.raises(ModelError) as caught:
        case.registry.version(uri)
    assert str(caught.value) == (
        f"{uri} does not name one registered version. Name it as folder:name/3 or folder:name@alias."
    )


def test_what_there_is_is_told(case: RegistryCase) -> None:
    """For somebody who misspelt it."""
    case.set(case.move(0))
    with pytest.raises(ModelError) as caught:
        case.registry.version("folder:loan/9")
    assert str(caught.value) == (
        f"There is no model folder:loan/9 in the registry. folder:loan has versions 1, 2 and aliases {ALIAS} "
        "(version 1)."
    )


def test_no_registry_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How one is made is told; asking makes none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLGATE_REGISTRY", raising=False)
    with pytest.raises(RegistryError) as caught:
        FolderRegistry().version("folder:loan/1")
    assert str(caught.value) == (
        "There is no folder registry called mlgate-registry here or above. "
        "`mlgate register NAME PATH` makes one and puts a model into it."
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "[]", '{"contract": 3}', '{"contract": {"version": "1"}}'])
def test_a_file_that_was_spoilt(case: RegistryCase, tmp_path: Path, content: str) -> None:
    """By a merge, say: a sentence with its name, and nothing is guessed."""
    case.set(case.move(0))
    (tmp_path / "registry" / "loan" / "aliases.json").write_text(content)
    with pytest.raises(RegistryError, match=r"aliases\.json is no "):
        case.registry.holder("loan", ALIAS)
