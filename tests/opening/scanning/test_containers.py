"""What the corpus has no file for: wrapped, nested, spoilt and hostile containers."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import os
import pickle
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from mlgate import scan_model


class Evil:
    """Pickled, it asks for os.system."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("true",)


EVIL = pickle.dumps(Evil())


def zipped(data: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/part", data)
    return made.getvalue()


def tarred(data: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        about = tarfile.TarInfo("part")
        about.size = len(data)
        archive.addfile(about, io.BytesIO(data))
    return made.getvalue()


WRAPS: list[Callable[[bytes], bytes]] = [
    bytes, zipped, tarred, gzip.compress, bz2.compress, lzma.compress, zlib.compress, base64.b64encode,
    lambda data: data.hex().encode(), lambda data: gzip.compress(tarred(zipped(data))),
    lambda data: pickle.dumps({"weights": data}), lambda data: pickle.dumps(base64.b64encode(data).decode()),
    lambda data: pickle.dumps([1]) + data, lambda data: pickle.dumps([1]) + bytes(64) + data,
    lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE),
]  # fmt: skip


def imports(path: Path) -> set[object]:
    return {f"{found.data['module']}.{found.data['name']}" for found in scan_model(path) if "module" in found.data}


@pytest.mark.parametrize("wrap", WRAPS)
def test_an_import_is_found_in_every_wrap(wrap: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """The name on the file says nothing."""
    (tmp_path / "notes.txt").write_bytes(wrap(EVIL))
    assert imports(tmp_path) == {f"{os.system.__module__}.system"}


@pytest.mark.parametrize("compress", [0, ("gzip", 3), ("bz2", 3), ("xz", 3), ("lzma", 3), ("zlib", 3)])
def test_joblib_with_arrays_between_opcodes(compress: object, tmp_path: Path) -> None:
    """The bytes of arrays are stepped over; what stands behind them and in arrays of objects is read."""
    values = [np.arange(1000.0), np.zeros((3, 2), "U7"), np.array([1, Evil()], dtype=object), np.ones(5)]
    joblib.dump(values[:2] + values[3:], tmp_path / "good", compress=compress)
    assert scan_model(tmp_path / "good") == ()
    joblib.dump(values, tmp_path / "bad", compress=compress)
    assert imports(tmp_path / "bad") == {f"{os.system.__module__}.system"}


@pytest.mark.parametrize("model", [RandomForestClassifier(3), HistGradientBoostingClassifier(max_iter=3)])
def test_ordinary_models_have_no_finding(model: RandomForestClassifier, tmp_path: Path) -> None:
    """Trees are structured arrays."""
    rows = np.random.default_rng(1).normal(size=(200, 4))
    joblib.dump(model.fit(rows, rows[:, 0] > 0), tmp_path / "model.joblib")
    for protocol in range(6):
        (tmp_path / f"{protocol}.pkl").write_bytes(pickle.dumps(model, protocol))
    assert scan_model(tmp_path) == ()


HOSTILE = {
    "ext": b"\x80\x02\x82\x01.", "persistent": b"Pid\n.", "build": b"\x80\x02cbuiltins\nset\n}b.",
    "computed": b"\x80\x04\x8c\x01a\x8c\x01b\x86\x8c\x01c\x93.", "lz4": b"\x04\x22\x4d\x18data",
    "unknown": b"\xff\xfe\x00",
    "cut": EVIL[:-4], "lambda": b'{"layers": [{"class_name": "Lambda", "config": {}}]}',
    "gzip": gzip.compress(EVIL)[:-9],
    "skops": b'{"__class__": "system", "__module__": "os", "__loader__": "FunctionNode"}',
    "bomb": gzip.compress(bytes(200 << 20)),
}  # fmt: skip


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_what_is_hostile_or_can_not_be_read_is_a_finding(data: bytes, tmp_path: Path) -> None:
    """Never a crash, never silence."""
    (tmp_path / "model").write_bytes(data)
    assert scan_model(tmp_path)


def test_links_holes_and_paths_outside(tmp_path: Path) -> None:
    """A loop of links ends; a hole of 10 GB is not read; a member with ../ is told."""
    (tmp_path / "loop").symlink_to(tmp_path)
    with (tmp_path / "hole").open("wb") as file:
        file.truncate(10 << 30)
    with zipfile.ZipFile(tmp_path / "archive", "w") as archive:
        archive.writestr("../up.json", "{}")
    (tmp_path / "a\nb").write_text("text")
    assert {found.data["file"] for found in scan_model(tmp_path)} == {"loop", "hole", "archive", "a\nb"}


def test_texts_beside_a_model_are_no_pickles(tmp_path: Path) -> None:
    """Their first letters are opcodes."""
    for number, text in enumerate(
        ["channels:\n- conda-forge\n", "import\npandas\n", "cloudpickle==3\nmlflow==3\n", "{}"]
    ):
        (tmp_path / str(number)).write_text(text)
    assert scan_model(tmp_path) == ()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wrap=st.sampled_from(WRAPS[:10]), edits=st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=8),
       cut=st.integers(0, 40))  # fmt: skip
def test_no_spoilt_file_crashes_the_scan(
    wrap: Callable[[bytes], bytes], edits: list[tuple[int, int]], cut: int, tmp_path: Path
) -> None:
    """Bytes changed and cut anywhere: an answer, always."""
    data = bytearray(wrap(pickle.dumps([np.arange(5), {"a": (1, "b")}, 2.5, {1, 2}]) + EVIL))
    for place, value in edits:
        data[place % len(data)] = value
    (tmp_path / "model").write_bytes(bytes(data[: len(data) - cut]))
    assert isinstance(scan_model(tmp_path), tuple)
