"""A toy engine: no pins, and workers of a few lines, so that its environment is built in a second."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from mlgate.engines import Engine, Pythons
from mlgate.engines.asking import try_out
from mlgate.engines.building import Builder
from mlgate.engines.installing import Installer
from mlgate.engines.places import VARIABLE

HERE = Pythons((3, 11), sys.version_info[:2])
ECHO = """
def answer(body, tables, emit):
    emit({"echo": body, "tables": sorted(tables)})
"""
Toy = Callable[..., Engine]


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    """An engine whose worker is the given source."""

    def make(source: str = ECHO, *, name: str = "toy", pins: tuple[str, ...] = (), **declared: object) -> Engine:
        worker = tmp_path / f"{name}_worker.py"
        worker.write_text(dedent(source), encoding="utf-8")
        return Engine(name, HERE, pins, worker, **declared)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of environments in which the toy's is built already."""
    folder = tmp_path_factory.mktemp("engines")
    worker = folder.parent / "echo.py"
    worker.write_text(ECHO, encoding="utf-8")
    Builder(folder, try_out, installer=Installer()).ready(Engine("toy", HERE, (), worker))
    return folder


@pytest.fixture
def built(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same folder, as the one that `ask` looks into."""
    monkeypatch.setenv(VARIABLE, str(root))
    return root


@pytest.fixture
def make_wheel() -> Callable[..., None]:
    """Writes the smallest wheel there is, or one with some ballast in bytes: folder, name, version, ballast."""
    return _wheel


def _wheel(folder: Path, name: str, version: str, ballast: int = 0) -> None:
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}.py", f"VERSION = {version!r}\n")
        archive.writestr(f"{name}.bin", b"x" * ballast)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(
            f"{info}/RECORD", f"{name}.py,,\n{name}.bin,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n"
        )
