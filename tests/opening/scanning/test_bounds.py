"""Files that would take all memory or all time."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mlgate import scan_model


def nested(levels: int) -> bytes:
    data = pickle.dumps([1])
    for _ in range(levels):
        data = gzip.compress(data)
    return data


def overlapping() -> bytes:
    """Two entries of the directory share one member, as in the bombs of D. Fifield, "A better zip bomb" (2019)."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(1 << 20))
        first = archive.infolist()[0]
        archive.filelist.append(first)
    return made.getvalue()


def names(count: int) -> bytes:
    """Empty members, written by hand, for zipfile takes its time."""
    local, entry = b"PK\x03\x04" + bytes(22), b"PK\x01\x02" + bytes(24)
    members = b"".join(local + b"\x06\x00\x00\x00%06d" % number for number in range(count))
    directory = b"".join(
        entry + b"\x06\x00" + bytes(12) + struct.pack("<I", 36 * number) + b"%06d" % number for number in range(count)
    )
    end = struct.pack("<4s4HIIH", b"PK\x05\x06", 0, 0, 65535, 65535, len(directory), len(members), 0)
    return members + directory + end


BOMBS = {
    "depth": nested(12),
    "zeros": gzip.compress(bytes(100 << 20)),
    "twice": gzip.compress(gzip.compress(bytes(100 << 20))),
    "overlap": overlapping(),
    "starts": b"\xff" + b"\x80\x02" * (1 << 14),
    "marks": b"\x80\x04" + b"(" * (1 << 16),
    "tuples": b"\x80\x04" + b"N" * 64 + (b"2" * 60 + b"(" + b"t") * 1000,
    "brackets": b'{"class_name":' + b"[" * 100_000,
    "lists": b'{"class_name":[' + b"[]," * 500_000 + b"1]}",
    "text": b"c" + b"a" * (1 << 20),
}


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS)
def test_a_bomb_costs_little_memory(data: bytes, tmp_path: Path) -> None:
    """Python's own count of what the scan allocates stays far below 512 MiB; a bomb is a finding."""
    (tmp_path / "model").write_bytes(data)
    tracemalloc.start()
    found = scan_model(tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200 << 20
    assert found or data[:2] == b"ca"  # a long word is a text


def test_a_large_array_of_objects_is_not_copied(tmp_path: Path) -> None:
    """64 MiB of text in an npy file, read in place."""
    np.save(tmp_path / "a.npy", np.array(["x" * (64 << 20), 1], dtype=object), allow_pickle=True)
    tracemalloc.start()
    assert scan_model(tmp_path) == ()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 32 << 20


def test_a_hundred_thousand_names_are_one_finding(tmp_path: Path) -> None:
    """The limit is a sentence, not 100,000 of them."""
    (tmp_path / "model.zip").write_bytes(names(100_001))
    (found,) = scan_model(tmp_path)
    assert "more than 100,000 files" in found.message


def test_names_that_would_write_to_a_terminal_are_told_and_escaped(tmp_path: Path) -> None:
    """A newline, an escape sequence, the mark that turns the direction of text."""
    for name in ("a\nb", "\x1b[2Jc", "d\u202ee"):
        (tmp_path / name).write_text("text")
    found = scan_model(tmp_path)
    assert len(found) == 3
    assert all(each.message.isprintable() for each in found)


def tar_of(kind: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        about = tarfile.TarInfo("member")
        about.type, about.linkname = kind, "/etc/passwd"
        archive.addfile(about)
    return made.getvalue()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_told(kind: bytes, tmp_path: Path) -> None:
    """Also where the tar is compressed."""
    (tmp_path / "model").write_bytes(tar_of(kind))
    (tmp_path / "model.gz").write_bytes(gzip.compress(tar_of(kind)))
    assert {found.data["file"] for found in scan_model(tmp_path)} == {"model!member", "model.gz!!member"}


def test_two_archives_in_one_are_told(tmp_path: Path) -> None:
    """A program that reads from the front, and one that reads from the end, see different members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.json", "{}")
    front = gzip.compress(pickle.dumps([1]))
    (tmp_path / "front").write_bytes(made.getvalue() + made.getvalue())
    (tmp_path / "gzip").write_bytes(front + made.getvalue())
    assert {found.data["file"] for found in scan_model(tmp_path)} >= {"front", "gzip"}


def test_an_encrypted_member_is_told(tmp_path: Path) -> None:
    """zipfile writes none, so the bit that says so is set by hand, in both headers."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a", "text")
    data = bytearray(made.getvalue())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    (tmp_path / "model.zip").write_bytes(data)
    (found,) = scan_model(tmp_path)
    assert "encrypted" in found.message
