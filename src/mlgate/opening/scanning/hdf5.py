"""The attributes of an HDF5 file's root, where Keras keeps the configuration of a model; all else in it is numbers.

Read after the HDF5 File Format Specification 3.0 (https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html),
sections III.A to IV.A.2. What this does not read, it refuses: a hidden configuration would be one that can run code.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from mlgate.opening.scanning.walker import Bytes

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_NOWHERE = (1 << 64) - 1
_MOST_BLOCKS = 10_000
_ATTRIBUTE, _CONTINUATION, _MANY_ATTRIBUTES = 0x0C, 0x10, 0x15
_FIXED_TEXT, _VARIABLE = 3, 9
_SHARED = 0x02


class UnreadHDF5(Exception):
    """A structure that is damaged, or of a kind that is not read here."""


def signature_at(data: Bytes) -> int | None:
    """Where an HDF5 file begins: at byte 0, 512, 1024, 2048 and so on, whatever stands before."""
    place = 0
    while place < len(data):
        if data[place : place + 8] == _SIGNATURE:
            return place
        place = place * 2 or 512
    return None


def root_attributes(data: Bytes, base: int) -> dict[str, bytes]:
    """The texts among the root's attributes by name. Raises `UnreadHDF5` where one may be hidden from it."""
    try:
        file = _File(data, base)
        return dict(file.attribute(*message) for message in file.messages(file.root()))
    except (struct.error, IndexError, ValueError, KeyError) as error:
        raise UnreadHDF5(str(error)) from error


class _File:
    """Offsets count from `base`; every read ends with an error at the end of the bytes."""

    def __init__(self, data: Bytes, base: int) -> None:
        self._data, self._base = data, base

    def _bytes(self, at: int, count: int) -> bytes:
        begin = self._base + at
        if count < 0 or at < 0 or begin + count > len(self._data):
            raise UnreadHDF5("breaks off")
        return self._data[begin : begin + count]

    def _number(self, at: int, width: int) -> int:
        return int.from_bytes(self._bytes(at, width), "little")

    def root(self) -> int:
        """The address of the root's object header."""
        version = self._number(8, 1)
        sizes, base_at, root_at = {0: (13, 24, 64), 1: (13, 28, 68), 2: (9, 12, 36), 3: (9, 12, 36)}[version]
        if self._bytes(sizes, 2) != b"\x08\x08":
            raise UnreadHDF5("offsets of another width than 8 bytes")
        if self._number(base_at, 8) not in (0, self._base):
            raise UnreadHDF5("a base address of its own")
        return self._number(root_at, 8)

    def messages(self, header: int) -> Iterator[tuple[int, int]]:
        """Begin and size of every attribute message of an object."""
        old = self._bytes(header, 4) != b"OHDR"
        waiting, blocks = [self._first_block(header, old=old)], 0
        while waiting:
            at, end = waiting.pop()
            for kind, flags, begin, size in self._block(at, end, header, old=old):
                blocks += 1
                if blocks > _MOST_BLOCKS:
                    raise UnreadHDF5("too many parts")
                if kind == _CONTINUATION:
                    place, length = self._number(begin, 8), self._number(begin + 8, 8)
                    waiting.append((place, place + length) if old else self._chunk(place, length))
                elif kind == _MANY_ATTRIBUTES:
                    self._refuse_many(begin)
                elif kind == _ATTRIBUTE:
                    if flags & _SHARED:
                        raise UnreadHDF5("shared attributes")
                    yield begin, size

    def _first_block(self, header: int, *, old: bool) -> tuple[int, int]:
        if old:
            if self._number(header, 1) != 1:
                raise UnreadHDF5("an object header of no known version")
            return header + 16, header + 16 + self._number(header + 8, 4)
        flags = self._number(header + 5, 1)
        at = header + 6 + 16 * bool(flags & 0x20) + 4 * bool(flags & 0x10)
        width = 1 << (flags & 3)
        return at + width, at + width + self._number(at, width)

    def _chunk(self, place: int, length: int) -> tuple[int, int]:
        if self._bytes(place, 4) != b"OCHK" or length < 8:
            raise UnreadHDF5("no continuation")
        return place + 4, place + length - 4

    def _block(self, at: int, end: int, header: int, *, old: bool) -> Iterator[tuple[int, int, int, int]]:
        """Kind, flags, begin and size of each message of a block."""
        ordered = not old and self._number(header + 5, 1) & 0x04
        head = 8 if old else 6 if ordered else 4
        while at + head <= end:
            kind, size, flags = struct.unpack("<HHB" if old else "<BHB", self._bytes(at, 5 if old else 4))
            yield kind, flags, at + head, size
            at += head + size

    def _refuse_many(self, begin: int) -> None:
        heap = begin + 2 + 2 * (self._number(begin + 1, 1) & 1)
        if self._number(heap, 8) != _NOWHERE:
            raise UnreadHDF5("attributes in a heap of their own")

    def attribute(self, begin: int, size: int) -> tuple[str, bytes]:
        """Name and text of an attribute message; of numbers, no text."""
        version, flags, name_size, type_size, space_size = struct.unpack("<BBHHH", self._bytes(begin, 8))
        if version not in (1, 2, 3) or (version > 1 and flags):
            raise UnreadHDF5("an attribute of no known form")
        at = begin + 8 + (version == 3)
        step = 8 if version == 1 else 1
        kind_at = at + -(-name_size // step) * step
        value_at = kind_at + -(-type_size // step) * step + -(-space_size // step) * step
        name = self._bytes(at, name_size).rstrip(b"\x00").decode("utf-8", "backslashreplace")
        return name, self._text(self._number(kind_at, 1) & 15, kind_at, value_at, begin + size)

    def _text(self, kind: int, kind_at: int, value_at: int, end: int) -> bytes:
        if kind == _FIXED_TEXT:
            return self._bytes(value_at, min(self._number(kind_at + 4, 4), end - value_at)).rstrip(b"\x00")
        if kind == _VARIABLE and self._number(kind_at + 1, 1) & 15 == 1 and end - value_at >= 16:
            length, heap, index = struct.unpack("<IQI", self._bytes(value_at, 16))
            return self._from_heap(heap, index)[:length]
        return b""

    def _from_heap(self, heap: int, index: int) -> bytes:
        """An object of a global heap collection."""
        if self._bytes(heap, 4) != b"GCOL":
            raise UnreadHDF5("no heap")
        at, end = heap + 16, heap + self._number(heap + 8, 8)
        for _ in range(_MOST_BLOCKS):
            if at + 16 > end:
                break
            number, _, size = struct.unpack("<HH4xQ", self._bytes(at, 16))
            if number == index:
                return self._bytes(at + 16, size)
            at += 16 + -(-size // 8) * 8
        raise UnreadHDF5("no such text in the heap")
