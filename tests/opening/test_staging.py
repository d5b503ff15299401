"""The private copy: regular files with plain names, as many and as large as was agreed, that stand still."""

from __future__ import annotations

import os
import socket
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mlgate.errors import ModelError
from mlgate.opening import Limits, Terms, digest, stage
from mlgate.opening import staging as copying
from mlgate.opening.staging import PrivateCopy
from mlgate.spec import LocatedModel

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    (folder / "data").mkdir(parents=True)
    (folder / "weights.bin").write_bytes(os.urandom(3_000_000))
    (folder / "data" / "more.bin").write_bytes(b"more")
    return folder


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where copies are made; a refusal must leave nothing there."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def refusal(model: Path, temporary: Path, limits: Limits | None = None) -> str:
    with pytest.raises(ModelError) as caught:
        PrivateCopy(model, limits)
    assert list(temporary.iterdir()) == []
    return str(caught.value)


def test_the_copy_is_the_model_and_only_its_owner_s(folder: Path, temporary: Path) -> None:
    """Hard links are files like others."""
    os.link(folder / "weights.bin", folder / "linked.bin")
    copy = PrivateCopy(folder)
    assert digest(copy.path) == digest(folder)
    assert [stat.S_IMODE(place.stat().st_mode) for place in temporary.iterdir()] == [0o700]


def test_an_empty_folder_is_copied(tmp_path: Path, temporary: Path) -> None:
    """What is wrong with it, others say better."""
    (tmp_path / "empty").mkdir()
    assert list(PrivateCopy(tmp_path / "empty").path.iterdir()) == []


@posix
@pytest.mark.parametrize("kind", ["symbolic link", "loop", "FIFO", "socket"])
def test_what_is_no_regular_file(kind: str, folder: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None of them is followed, waited for or copied."""
    special = folder / "data" / "special"
    if kind == "FIFO":
        os.mkfifo(special)
    elif kind == "socket":
        monkeypatch.chdir(folder / "data")  # the path of a socket must be short
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("special")
    else:
        special.symlink_to(folder if kind == "loop" else "/etc/hostname")
    what = "symbolic link" if kind == "loop" else kind if kind == "symbolic link" else "special file"
    assert refusal(folder, temporary) == (
        f"The model holds a {what}, {special}, which no digest can bind. Replace it by the file itself."
    )


@posix
def test_a_model_that_is_itself_no_file(tmp_path: Path, temporary: Path) -> None:
    """A pipe, a loop of links, nothing at all."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert "is neither a file nor a folder." in refusal(tmp_path / "pipe", temporary)
    assert refusal(tmp_path / "a", temporary) == f"There is no file or folder {tmp_path / 'a'}."
    assert refusal(tmp_path / "none", temporary) == f"There is no file or folder {tmp_path / 'none'}."


@pytest.mark.skipif(os.name != "posix" or os.uname().sysname == "Darwin", reason="such names can't be written here")
@pytest.mark.parametrize(
    ("name", "said"), [(b"a\nb", "with a newline in its name"), (b"\xff\xfe.bin", "whose name is not UTF-8")]
)
def test_names_that_are_none(name: bytes, said: str, folder: Path, temporary: Path) -> None:
    """A digest's manifest has one line per name."""
    Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(b"")
    told = refusal(folder, temporary)
    assert said in told
    assert told.isprintable()


def test_more_files_than_agreed_are_refused_before_any_is_copied(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred thousand folders and files are not even listed to their end."""
    many = tmp_path / "many"
    for place in range(150):
        (many / str(place)).mkdir(parents=True)
    seen: list[os.DirEntry[str]] = []
    scandir = os.scandir

    class Counting:
        def __init__(self, path: Path) -> None:
            self._entries = scandir(path)

        def __enter__(self) -> Counting:
            return self

        def __exit__(self, *_: object) -> None:
            self._entries.close()

        def __iter__(self) -> Counting:
            return self

        def __next__(self) -> os.DirEntry[str]:
            seen.append(next(self._entries))
            return seen[-1]

    monkeypatch.setattr(os, "scandir", Counting)
    monkeypatch.setattr(copying, "_copy_file", None)
    assert refusal(many, temporary, Limits(files=100)) == (
        f"The model holds more than 100 files and folders, below {many}. "
        "Is it the folder of one model? If it is, raise `max_files` beside `model` in the gate file."
    )
    assert len(seen) == 101


def test_a_model_larger_than_agreed(folder: Path, temporary: Path) -> None:
    """By what its files say to hold, before a byte is read."""
    assert refusal(folder, temporary, Limits(size=3_000_003)) == (
        f"The model {folder} holds 3,000,004 bytes, and may hold 3,000,003. "
        "Is it the folder of one model? If it is, raise `max_size` beside `model` in the gate file."
    )
    assert PrivateCopy(folder, Limits(size=3_000_004)).path.is_dir()


def test_the_terms_of_a_model_hold_for_its_copy(folder: Path) -> None:
    """`stage` is the one that copies."""
    located = LocatedModel("m", "m", folder)
    with pytest.raises(ModelError, match="more than 2 files"):
        stage(located, Terms(limits=Limits(files=2)))
    assert stage(located, Terms(limits=Limits(files=3))).digest == digest(folder)


@pytest.mark.skipif(not hasattr(os, "SEEK_HOLE"), reason="this platform does not tell holes")
def test_a_hole_of_gigabytes_is_not_copied(folder: Path, temporary: Path) -> None:
    """Nine GiB that nobody wrote, with bytes before and after them."""
    with (folder / "weights.bin").open("r+b") as file:
        file.seek(9 << 30)
        file.write(b"end")
        if file.seek(0) == 0 and os.fstat(file.fileno()).st_blocks * 512 > 1 << 30:
            pytest.skip("this file system keeps no holes")
    assert refusal(folder, temporary) == (
        f"The model's file {folder / 'weights.bin'} says to hold {(9 << 30) + 3:,} bytes, most of which nobody ever "
        "wrote. A sparse file is no model: save it again."
    )


@pytest.mark.skipif(not hasattr(os, "SEEK_HOLE"), reason="this platform does not tell holes")
def test_small_holes_are_zeros(folder: Path) -> None:
    """As any reader of the file sees them."""
    with (folder / "weights.bin").open("r+b") as file:
        file.truncate(8 << 20)
    assert digest(PrivateCopy(folder).path) == digest(folder)


Change = Callable[[Path], object]
CHANGES: dict[str, Change] = {
    "grown": lambda folder: (folder / "weights.bin").write_bytes(b"longer" * 1_000_000),
    "cut": lambda folder: os.truncate(folder / "weights.bin", 100),
    "written": lambda folder: (folder / "data" / "more.bin").write_bytes(b"less"),
    "replaced": lambda folder: os.replace(folder / "data" / "more.bin", folder / "weights.bin"),
    "added": lambda folder: (folder / "data" / "third.bin").write_bytes(b""),
    "gone": lambda folder: (folder / "data" / "more.bin").unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("when", ["before", "after"])
def test_files_that_change_while_they_are_copied(
    change: str, when: str, folder: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a file's turn and after it: half of one model and half of another is neither."""
    copy = copying._copy_file
    done: list[object] = []

    def changing(file: Path, to: Path, seen: copying._Seen) -> None:
        if not done and when == "before":
            done.append(CHANGES[change](folder))
        copy(file, to, seen)
        if not done:
            done.append(CHANGES[change](folder))

    monkeypatch.setattr(copying, "_copy_file", changing)
    told = refusal(folder, temporary)
    assert "changed while they were copied" in told or "can't be copied (No such file or directory)" in told


@posix
def test_a_file_that_becomes_a_pipe_or_a_link_is_not_opened(
    folder: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its listing and its turn: the gate must not wait for a writer, nor follow it elsewhere."""
    looked_at = copying._looked_at

    def swapping(files: dict[str, Path]) -> object:
        listed = list(looked_at(files))
        file = files["weights.bin"]
        file.unlink()
        os.mkfifo(file)
        return listed

    monkeypatch.setattr(copying, "_looked_at", swapping)
    assert "changed while they were copied" in refusal(folder, temporary)
