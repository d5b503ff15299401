"""XGBoost's own binary form, UBJSON: names, texts and numbers. Nothing in it can run."""

from __future__ import annotations

import struct

from mlgate.opening.scanning.walker import Bytes

_NUMBERS = {b"i": "b", b"U": "B", b"I": ">h", b"l": ">i", b"L": ">q", b"d": ">f", b"D": ">d"}
_EMPTY = b"ZTF"
_DEEPEST = 256
_MOST_VALUES = 2_000_000


def is_ubjson(data: Bytes) -> bool:
    """Whether one object of UBJSON accounts for every byte."""
    if data[:1] != b"{":
        return False
    reader = _Reader(data)
    try:
        reader.value()
    except (ValueError, IndexError, struct.error, RecursionError):
        return False
    return reader.at == len(data)


class _Reader:
    """Steps over values; raises where the bytes are no UBJSON."""

    def __init__(self, data: Bytes) -> None:
        self._data, self.at = data, 0
        self._depth = self._values = 0

    def _take(self, count: int) -> bytes:
        if count > _DEEPEST:
            raise ValueError("too much at once")
        taken = self._data[self.at : self.at + count]
        if len(taken) < count:
            raise IndexError("breaks off")
        self.at += count
        return taken

    def _skip(self, count: int) -> None:
        if not 0 <= count <= len(self._data) - self.at:
            raise IndexError("breaks off")
        self.at += count

    def _length(self) -> int:
        code = self._take(1)
        if code not in b"iUIlL":
            raise ValueError("no length")
        (length,) = struct.unpack(_NUMBERS[code], self._take(struct.calcsize(_NUMBERS[code])))
        if length < 0:
            raise ValueError("a negative length")
        return int(length)

    def value(self, code: bytes = b"") -> None:
        """Steps over one value; its type stands before it where none is given."""
        code = code or self._take(1)
        self._values += 1
        if self._values > _MOST_VALUES:
            raise ValueError("too many values")
        if code in _NUMBERS:
            self._skip(struct.calcsize(_NUMBERS[code]))
        elif code == b"C":
            self._skip(1)
        elif code in (b"S", b"H"):
            self._skip(self._length())
        elif code in (b"[", b"{"):
            self._container(b"]" if code == b"[" else b"}")
        elif code not in _EMPTY:
            raise ValueError("no type")

    def _container(self, end: bytes) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError("too deep")
        kind = self._optional(b"$") and self._take(1)
        if self._optional(b"#"):
            self._counted(self._length(), kind or b"", keyed=end == b"}")
        elif kind:
            raise ValueError("a type without a count")
        else:
            while not self._optional(end):
                if end == b"}":
                    self._skip(self._length())
                self.value()
        self._depth -= 1

    def _counted(self, count: int, kind: bytes, *, keyed: bool) -> None:
        if kind in _NUMBERS and not keyed:
            self._skip(count * struct.calcsize(_NUMBERS[kind]))
            return
        for _ in range(count):
            if keyed:
                self._skip(self._length())
            self.value(kind)

    def _optional(self, code: bytes) -> bool:
        found = self._data[self.at : self.at + 1] == code
        self.at += found
        return found
