"""On which line of a TOML text each key and each list item stands."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_INDENT = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\n#]*")
_STRINGS = (
    re.compile(r'"""(?:\\.|[^\\])*?""""{0,2}', re.DOTALL),
    re.compile(r"'''.*?''''{0,2}", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\\n])*"'),
    re.compile(r"'[^'\n]*'"),
)


class Places:
    """The lines of a text that is known to be TOML. A path that is not in it stands where its nearest parent does."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._offsets: dict[KeyPath, int] = {(): 0}
        for path, offset in _Scanner(text).scan():
            self._offsets.setdefault(path, offset)

    def line(self, path: KeyPath) -> int:
        """The line, counted from 1."""
        while path not in self._offsets:
            path = path[:-1]
        return bisect_right(self._starts, self._offsets[path])


class _Scanner:
    """Walks over the text once. It trusts that the text is valid: tomllib has read it before."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._items: dict[KeyPath, int] = {}

    def scan(self) -> Iterator[tuple[KeyPath, int]]:
        table: KeyPath = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._next("["):
                table, offset = self._header()
                yield from _parents(table, offset)
            else:
                yield from self._pair(table)
            self._skip(_BLANK)

    def _header(self) -> tuple[KeyPath, int]:
        """`[a.b]` or `[[a.b]]`: the path of the table that begins here."""
        offset, of_array = self._at, self._next("[[")
        self._at += 2 if of_array else 1
        path: KeyPath = ()
        keys = self._keys()
        for place, key in enumerate(keys):
            path = (*path, key)
            if of_array and place == len(keys) - 1:
                self._items[path] = self._items.get(path, -1) + 1
            if path in self._items:
                path = (*path, self._items[path])
        self._at += 2 if of_array else 1
        return path, offset

    def _pair(self, table: KeyPath) -> Iterator[tuple[KeyPath, int]]:
        """`a.b = value`."""
        offset = self._at
        path = (*table, *self._keys())
        yield from _parents(path, offset)
        self._at += 1  # the equals sign
        self._skip(_INDENT)
        yield from self._value(path)

    def _keys(self) -> list[str]:
        """A dotted key; stops at what follows it."""
        keys = []
        while True:
            self._skip(_INDENT)
            keys.append(self._key())
            self._skip(_INDENT)
            if not self._next("."):
                return keys
            self._at += 1

    def _key(self) -> str:
        for pattern in _STRINGS[2:]:
            if match := pattern.match(self._text, self._at):
                self._at = match.end()
                return str(tomllib.loads(f"key = {match[0]}")["key"])
        bare = _BARE_KEY.match(self._text, self._at)
        if bare is None:
            raise ValueError(f"no key at offset {self._at}")
        self._at = bare.end()
        return bare[0]

    def _value(self, path: KeyPath) -> Iterator[tuple[KeyPath, int]]:
        if self._next("["):
            yield from self._members(path, "]")
        elif self._next("{"):
            yield from self._members(path, "}")
        else:
            self._scalar()

    def _members(self, path: KeyPath, end: str) -> Iterator[tuple[KeyPath, int]]:
        """The items of a list, or the pairs of an inline table."""
        self._at += 1
        place = 0
        while True:
            self._skip(_BLANK)
            if self._next(end):
                break
            if end == "]":
                yield (*path, place), self._at
                yield from self._value((*path, place))
            else:
                yield from self._pair(path)
            place += 1
            self._skip(_BLANK)
            self._at += self._next(",")
        self._at += 1

    def _scalar(self) -> None:
        for pattern in _STRINGS:
            if match := pattern.match(self._text, self._at):
                self._at = match.end()
                return
        self._skip(_SCALAR)

    def _next(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match else self._at


def _parents(path: KeyPath, offset: int) -> Iterator[tuple[KeyPath, int]]:
    """A dotted key begins every table that it goes through."""
    for length in range(1, len(path) + 1):
        yield path[:length], offset
