"""Versions that their authors took back: the index says so of each file.

https://packaging.python.org/en/latest/specifications/simple-repository-api/ (JSON, "yanked")
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from mlgate_security.dependencies.asking import Unreachable, get_json
from mlgate_security.environment import Pin

_ACCEPT = "application/vnd.pypi.simple.v1+json"
_AT_ONCE = 8


def configured_index() -> str | None:
    """The index that pip asks: the one that it is configured with, else its own; None where pip does not tell."""
    command = [sys.executable, "-I", "-m", "pip", "config", "list", "--disable-pip-version-check"]
    done = subprocess.run(  # noqa: S603  # nosec B603 # no shell, no words of the model's
        command, capture_output=True, text=True, check=False, timeout=60
    )
    for line in done.stdout.splitlines():
        key, _, value = line.partition("=")
        if key.endswith(".index-url"):
            return value.strip().strip("'\"")
    return _preset()


def _preset() -> str | None:
    try:
        from pip._internal.models.index import PyPI
    except ImportError:
        return None
    preset = getattr(PyPI, "simple_url", None)
    return preset if isinstance(preset, str) else None


def yanked(pins: Sequence[Pin], index: str, seconds: int) -> dict[Pin, str]:
    """The pins whose version was yanked, with the reason. Raises `Unreachable`."""
    asked = [pin for pin in pins if not pin.conda]
    answers = [_files(pin, index, seconds) for pin in asked[:1]]  # an index that is away is waited for once
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers += pool.map(lambda pin: _files(pin, index, seconds), asked[1:])
    return {pin: reason for pin, files in zip(asked, answers, strict=True) if (reason := _taken_back(pin, files))}


def _files(pin: Pin, index: str, seconds: int) -> list[Mapping[str, Any]]:
    answer = get_json(f"{index.rstrip('/')}/{pin.name}/", seconds, accept=_ACCEPT)
    files = answer.get("files") if isinstance(answer, dict) else None
    if not isinstance(files, list):
        raise Unreachable("the index does not answer in JSON")
    return [file for file in files if isinstance(file, dict)]


def _taken_back(pin: Pin, files: Sequence[Mapping[str, Any]]) -> str | None:
    """The reason, if every file of this version is yanked."""
    marks = [file.get("yanked", False) for file in files if pin.version in _versions(str(file.get("filename", "")))]
    if not marks or not all(mark is not False for mark in marks):
        return None
    reasons = [mark for mark in marks if isinstance(mark, str) and mark]
    return " ".join(reasons[0].split())[:200] if reasons else "no reason was given"


def _versions(filename: str) -> Iterator[str]:
    from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

    try:
        yield str(parse_wheel_filename(filename)[1])
    except InvalidWheelFilename:
        try:
            yield str(parse_sdist_filename(filename)[1])
        except InvalidSdistFilename:
            return
