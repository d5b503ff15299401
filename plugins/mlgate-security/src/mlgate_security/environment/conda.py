"""conda.yaml and python_env.yaml, as MLflow writes them beside a model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mlgate_security.environment.pins import Fault, Loose, Pin
from mlgate_security.environment.requirements import BUILD_TOOLS, read_line
from mlgate_security.mlmodel import read_yaml

_SPEC = re.compile(r"^(?:[\w.-]+::)?(?P<name>[\w.-]+)\s*(?P<pin>.*)$")
_VERSION = re.compile(r"^={1,2}(?P<version>\d+(?:\.\w+)*)(?:=\w+)?$")
_WHOLE = 3
"""`numpy=1.26` means any 1.26.x to conda; `numpy=1.26.4` names a release."""


def read_conda(path: Path) -> Iterator[Pin | Loose]:
    """conda's own packages, and those of the list under `pip`."""
    lines = _Lines(path)
    for entry in _listed(read_yaml(path), "dependencies"):
        if isinstance(entry, dict):
            yield from _python_packages(_listed(entry, "pip"), path.name, lines)
        elif isinstance(entry, str):
            yield from _conda_package(entry, path.name, lines.of(entry))


def read_python_env(path: Path) -> Iterator[Pin | Loose]:
    """What is listed there; a reference to requirements.txt is read with that file."""
    lines = _Lines(path)
    listed = _listed(read_yaml(path), "dependencies")
    packages = [entry for entry in listed if not (isinstance(entry, str) and entry.startswith("-r"))]
    yield from _python_packages(packages, path.name, lines)


def _python_packages(entries: list[Any], file: str, lines: _Lines) -> Iterator[Pin | Loose]:
    """What is no text is not written out: YAML's aliases make a page of a word, and a library of a page."""
    for entry in entries:
        if isinstance(entry, str):
            yield from read_line(entry, file, lines.of(entry))
        else:
            yield Loose("an entry that is no text", Fault.UNREADABLE, file)


def _conda_package(text: str, file: str, line: int | None) -> Iterator[Pin | Loose]:
    from packaging.utils import canonicalize_name
    from packaging.version import InvalidVersion, Version

    spec = _SPEC.match(text.strip())
    if spec is None:
        yield Loose(text, Fault.UNREADABLE, file, line)
        return
    name = canonicalize_name(spec["name"])
    if name in {"python", *BUILD_TOOLS}:
        return
    pin = _VERSION.match(spec["pin"].replace(" ", ""))
    exact = pin is not None and (spec["pin"].startswith("==") or pin["version"].count(".") + 1 >= _WHOLE)
    if pin is None or not exact:
        yield Loose(text, Fault.UNPINNED, file, line)
        return
    try:
        yield Pin(name, str(Version(pin["version"])), file, line, conda=True)
    except InvalidVersion:
        yield Loose(text, Fault.UNREADABLE, file, line)


def _listed(content: Any, key: str) -> list[Any]:
    found = content.get(key)
    return found if isinstance(found, list) else []


class _Lines:
    """Finds the line on which an entry of a list stands: YAML's values don't tell."""

    def __init__(self, path: Path) -> None:
        self._lines: dict[str, int] = {}
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
            self._lines.setdefault(line.strip().removeprefix("- ").strip("'\""), number)

    def of(self, entry: str) -> int | None:
        return self._lines.get(entry.strip())
