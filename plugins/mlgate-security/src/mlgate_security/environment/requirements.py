"""Requirements files, as pip reads them, with the line of each package.

https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mlgate_security.environment.pins import Fault, Loose, Pin

_COMMENT = re.compile(r"(^|\s)#.*$")
_OPTION = re.compile(r"\s--?[a-zA-Z].*$")
_NESTED = re.compile(r"^(?:-r|-c|--requirement|--constraint)(?:\s+|=)?(?P<file>.+)$")
_INDEXES = ("-i", "--index", "--extra-index", "-f", "--find-links", "--trusted-host", "--no-index")
_FOLDERS = ("-e", "--editable", ".", "/", "file:")
BUILD_TOOLS = frozenset({"pip", "setuptools", "wheel"})
"""MLflow leaves these open by itself; they build packages, and no model imports them."""


def read_requirements(path: Path, root: Path, seen: frozenset[Path] = frozenset()) -> Iterator[Pin | Loose]:
    """The packages in the requirements file `path` and in those that it names, inside of `root`."""
    name = path.relative_to(root).as_posix()
    for line, text in _logical_lines(path.read_text("utf-8-sig", errors="replace")):
        nested = _NESTED.match(text)
        if nested is None:
            yield from read_line(text, name, line)
            continue
        target = (path.parent / nested["file"].strip()).resolve()
        if not target.is_relative_to(root.resolve()) or not target.is_file():
            yield Loose(text, Fault.OUTSIDE, name, line)
        elif target not in seen:
            yield from read_requirements(root / target.relative_to(root.resolve()), root, seen | {target})


def read_line(text: str, file: str, line: int | None) -> Iterator[Pin | Loose]:
    """One requirement, or one option of pip's."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    if text.startswith(_INDEXES):
        yield Loose(_without_password(text), Fault.OTHER_INDEX, file, line)
        return
    if text.startswith(_FOLDERS) or (re.match(r"^[a-z+]+://", text) is not None):
        yield Loose(_without_password(text), Fault.ELSEWHERE, file, line)
        return
    if text.startswith("-"):
        return
    try:
        requirement = Requirement(_OPTION.sub("", text))
    except InvalidRequirement:
        yield Loose(text, Fault.UNREADABLE, file, line)
        return
    name = canonicalize_name(requirement.name)
    version = _pinned(requirement)
    if requirement.url is not None:
        yield Loose(_without_password(text), Fault.ELSEWHERE, file, line)
    elif version is not None:
        yield Pin(name, version, file, line)
    elif name not in BUILD_TOOLS:
        yield Loose(text, Fault.UNPINNED, file, line)


def _pinned(requirement: object) -> str | None:
    """The one version that `==` or `===` names; None for a range or a wildcard."""
    from packaging.requirements import Requirement
    from packaging.version import InvalidVersion, Version

    assert isinstance(requirement, Requirement)
    exact = [each.version for each in requirement.specifier if each.operator in ("==", "===")]
    if len(exact) != 1 or exact[0].endswith(".*"):
        return None
    try:
        return str(Version(exact[0]))
    except InvalidVersion:
        return None


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, those that end in a backslash joined; each with the number of its first."""
    start, parts = 0, []
    for number, raw in enumerate(text.splitlines(), 1):
        start = start or number
        line = _COMMENT.sub("", raw).rstrip()
        parts.append(line.removesuffix("\\"))
        if line.endswith("\\"):
            continue
        if joined := " ".join(part.strip() for part in parts).strip():
            yield start, joined
        start, parts = 0, []
    if joined := " ".join(part.strip() for part in parts).strip():
        yield start, joined


def _without_password(text: str) -> str:
    return re.sub(r"//[^/@\s]+@", "//***@", text)
