"""The text of a gate file as a tree, with the line of everything in it."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from mlgate.errors import GateFileError, UsageError
from mlgate.gatefile.finding import SHARED_FILE_NAME
from mlgate.gatefile.places import KeyPath, Places

_SHARED: KeyPath = ("tool", "mlgate")
_DEEPEST = 50
_LINE = re.compile(r" \(at line (\d+), column \d+\)$|(?: \(at end of document\))$")


@dataclass(frozen=True, slots=True)
class RawGate:
    """A gate file before its meaning is looked at. `digest` changes with what it says of the gate."""

    path: Path
    digest: str
    tree: Mapping[str, object]
    places: Places
    root: KeyPath = ()

    def line(self, path: KeyPath) -> int:
        return self.places.line((*self.root, *path))

    def where(self, path: KeyPath = ()) -> str:
        """`mlgate.toml:12`, as seen from the current folder."""
        return f"{shown(self.path)}:{self.line(path)}"


def read(path: Path) -> RawGate:
    """The gate file at `path`, or the `[tool.mlgate]` of a pyproject.toml. Raises `GateFileError`."""
    content = _content(path)
    text = _text(path, content)
    tree = _tree(path, text)
    if path.name != SHARED_FILE_NAME:
        return RawGate(path, _digest(content), tree, Places(text))
    section = tree.get("tool")
    section = section.get("mlgate") if isinstance(section, Mapping) else None
    if not isinstance(section, Mapping):
        raise _refusal(shown(path), "there is no [tool.mlgate] in it.", "`mlgate init` writes a gate file.")
    canonical = json.dumps(section, sort_keys=True, default=_plain).encode()
    return RawGate(path, _digest(canonical), section, Places(text), _SHARED)


def shown(path: Path) -> str:
    """The path as people call it from where they are."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise _refusal(shown(path), "there is no such gate file.", "`mlgate init` writes one.") from None
    except OSError as error:
        reason = f"the gate file can't be read: {error.strerror}."
        raise _refusal(shown(path), reason, "Name a file that you may read.") from None


def _text(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        reason = f"the byte 0x{content[error.start]:02x} is not UTF-8, which TOML has to be."
        raise _refusal(f"{shown(path)}:{line}", reason, "Save the file as UTF-8.") from None


def _tree(path: Path, text: str) -> Mapping[str, object]:
    tree = _parsed(path, text)
    for depth, value in _values(tree):
        if depth > _DEEPEST:
            raise _too_deep(path)
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise _too_many_digits(path)
    return tree


def _values(tree: object) -> Iterator[tuple[int, object]]:
    """Everything in the tree with its depth."""
    waiting = [(0, tree)]
    while waiting:
        depth, value = waiting.pop()
        yield depth, value
        below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        waiting += [(depth + 1, each) for each in below]


def _parsed(path: Path, text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _LINE.search(str(error))
        line = int(place[1]) if place and place[1] else text.count("\n", 0, len(text.rstrip())) + 1
        said = _LINE.sub("", str(error))
        raise _refusal(f"{shown(path)}:{line}", f"this is not TOML: {said[:1].lower()}{said[1:]}.") from None
    except RecursionError:
        raise _too_deep(path) from None
    except ValueError:  # Python reads no number of more than 4,300 digits
        raise _too_many_digits(path) from None


def _too_deep(path: Path) -> GateFileError:
    return _refusal(shown(path), "this is not a gate file: it is nested too deeply to be read.")


def _too_many_digits(path: Path) -> GateFileError:
    return _refusal(shown(path), "this is not TOML: it holds a whole number of more than 64 bits.")


def _refusal(where: str, message: str, hint: str | None = None) -> GateFileError:
    return GateFileError((UsageError(message, hint=hint, where=where),))


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _plain(value: object) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not stand in TOML")
