"""Pickles made at random, and what Python's own unpicklers ask for in them: nothing is imported and nothing runs."""

from __future__ import annotations

import io
import pickle
import posix
import random
import re
import struct
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mlgate import scan_model
from mlgate.opening.scanning.allowed import allowed

Name = tuple[str, str]
HARMLESS: tuple[Name, ...] = (("collections", "OrderedDict"), ("numpy", "float64"), ("builtins", "set"))
HOSTILE: tuple[Name, ...] = (("posix", "mkdir"), ("os", "system"), ("builtins", "eval"), ("a", "b"))
# Numbers that would make Python itself ask for gigabytes: a place in the memo, the length of a bytearray. Of one that
# breaks off, the unpickler in C complains on its own.
_GREEDY = re.compile(rb"p[\s+0_]*[1-9][0-9_]{5}|r..(?!\0\0)|\x96..(?!\0{6})|\x96.{0,30}\Z", re.DOTALL)


@dataclass
class Asked:
    """What one unpickler asked for, and whether it called anything or came to the end."""

    names: set[Name] = field(default_factory=set)
    calls: int = 0
    whole: bool = False


def _named(asked: Asked) -> type:
    """A class that takes whatever a pickle does with it."""

    def count(*_: object, **__: object) -> None:
        asked.calls += 1

    def made(cls: type, *_: object, **__: object) -> object:
        asked.calls += 1
        return object.__new__(cls)

    takes = dict.fromkeys(("__init__", "__setstate__", "append", "extend", "add", "update", "__setitem__"), count)
    return type("Named", (), {"__new__": made, "__call__": count, **takes})


def _asked_of(unpickler: Any, file: Any, encoding: str) -> Asked:
    asked = Asked()

    class Recording(unpickler):  # type: ignore[misc]
        def find_class(self, module: str, name: str) -> type:
            asked.names.add((module, name))
            return _named(asked)

        def persistent_load(self, key: object) -> object:
            return key

        def get_extension(self, code: int) -> None:
            raise ValueError(code)

    try:
        Recording(file, encoding=encoding).load()
        asked.whole = True
    except Exception:  # what the bytes are no pickle for
        return asked
    return asked


@dataclass(frozen=True)
class Compared:
    """Names beyond the list that Python asks for, those that the scan tells, and whether the scan found anything."""

    asked: set[Name]
    told: set[Name]
    closed: bool

    @property
    def missed(self) -> bool:
        return bool(self.asked) and not self.closed


def compared(data: bytes, path: Path) -> Compared:
    """The scan of the bytes in a file beside Python's unpicklers.

    Names count where something was called or the end was reached: a text that breaks off after an import is a text.
    A text over the end of a frame closes the model, and makes the unpickler in C take anything for a number: no more is
    asked.
    """
    path.write_bytes(data)
    found = scan_model(path)
    told = {(str(each.data.get("module")), str(each.data.get("name"))) for each in found if "name" in each.data}
    if any("the end of a frame" in each.message for each in found):
        return Compared(set(), told, closed=True)
    answers = (each.names for each in asked_by_python(data) if each.calls or each.whole)
    return Compared(set().union(*answers) - allowed(), told, closed=bool(found))


def asked_by_python(data: bytes) -> Iterator[Asked]:
    """By the unpickler in C, at once and piece by piece, and by the one in Python; as text of two encodings."""
    for encoding in ("ASCII", "latin1"):
        yield _asked_of(pickle.Unpickler, io.BytesIO(data), encoding)
        yield _asked_of(pickle.Unpickler, io.BufferedReader(io.BytesIO(data), 16), encoding)
        yield _asked_of(pickle._Unpickler, io.BytesIO(data), encoding)


class Hostile:
    """What is pickled as a call."""

    def __reduce__(self) -> tuple[object, ...]:
        return posix.mkdir, ("made",)


def real_pickles() -> list[bytes]:
    """Of ordinary objects with a hostile one among them, by both picklers in all protocols."""
    evil, shared = Hostile(), ["seen twice", b"bytes" * 60]
    made = [
        [evil], {"one": (1, 2.5, None, True), "two": evil}, OrderedDict(a=shared, b=shared, c=evil),
        [np.arange(9), np.array(["x", None], dtype=object), {1, 2}, frozenset((3,)), evil], ("x" * 300, 1 << 80, evil),
        [pickle.dumps(evil, 2), bytearray(b"a" * 30), evil],
    ]  # fmt: skip
    picklers: tuple[Callable[..., bytes], ...] = (pickle.dumps, pickle._dumps)  # type: ignore[attr-defined]
    return [dumps(each, protocol) for each in made for protocol in range(6) for dumps in picklers]


class Soup:
    """Opcodes that fit together, with texts, numbers, places and frames spelt in all the ways that Python reads."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._parts: list[bytes] = []
        self._places = 0

    def bake(self) -> bytes:
        """One pickle, mostly of imports from the list and at times of another."""
        protocol = self._draw.randrange(7)
        for _ in range(self._draw.randint(1, 8)):
            self._value(0)
            self._add(self._draw.choice((b"0", b"0", b"", b"0N0")))
        self._imported(self._draw.choice(HOSTILE), call=True)
        for _ in range(self._draw.randint(0, 3)):
            self._value(0)
        start = bytes((0x80, protocol)) if protocol < 6 else b""
        return start + b"".join(self._framed()) + b"."

    def _add(self, *parts: bytes) -> None:
        self._parts.extend(parts)

    def _value(self, depth: int) -> None:
        ways: list[Callable[[], None]] = [self._number, self._noise, self._anything, self._again]
        if depth < 3:
            ways += [lambda: self._container(depth), lambda: self._imported(self._draw.choice(HARMLESS))]
        self._draw.choice(ways)()

    def _number(self) -> None:
        small = self._draw.randrange(256)
        self._add(self._draw.choice((
            b"K%c" % small, b"M%c\0" % small, b"J%c\0\0\0" % small, b"I%d\n" % small, b"I 0%d \n" % 0, b"I01\n",
            b"L%dL\n" % small, b"L0x%xL\n" % small, b"I%s\n" % (b"0" * self._draw.choice((3, 39, 45)) + b"0"),
            b"F%d.5\n" % small, b"F1_0\n", b"Fnan\n", b"G" + struct.pack(">d", small), b"\x8a\x01%c" % small,
            b"\x8a\0", b"\x8b\x01\0\0\0%c" % small,
        )))  # fmt: skip

    def _noise(self) -> None:
        self._add(self._draw.choice((b"N", b"\x88", b"\x89", b")", b"]", b"}", b"\x8f", b"N2\x86", b"(1N", b"(Nt")))

    def _anything(self) -> None:
        raw = self._draw.choice((b"shape", b"a\nb", b"cposix\nmkdir\n", b"\x80\x04.", bytes(self._draw.randbytes(9)),
                                 b"x" * self._draw.choice((0, 5, 255, 4095, 4097, 5000)), b"YWJj" * 8))  # fmt: skip
        size = len(raw)
        self._add(self._draw.choice((
            b"B" + struct.pack("<I", size) + raw, b"\x8e" + struct.pack("<Q", size) + raw,
            b"T" + struct.pack("<I", size) + raw, b"C%c" % min(size, 255) + raw[:255],
            b"U%c" % min(size, 255) + raw[:255],
            b"\x96" + struct.pack("<Q", size) + raw, b"X" + struct.pack("<I", 3) + b"abc", b"V" + raw[:1] + b"y\n",
        )))  # fmt: skip

    def _text(self, text: str, decoy: bytes = b"set") -> None:
        """A text in one of the forms that a name may have; `decoy` is what a wrong reading may take for it."""
        raw = text.encode()
        escaped = b"".join(self._draw.choice((b"%c", b"%c", b"\\u%04x")) % each for each in raw)
        hexed = b"".join(self._draw.choice((b"%c", b"\\x%02x", b"\\%03o")) % each for each in raw)
        quote = self._draw.choice((b"'", b'"'))
        self._add(self._draw.choice((
            b"\x8c%c" % len(raw) + raw, b"X" + struct.pack("<I", len(raw)) + raw,
            b"\x8d" + struct.pack("<Q", len(raw)) + raw, b"V" + raw + b"\n", b"V" + escaped + b"\n",
            b"S" + quote + raw + quote + self._draw.choice((b"", b" ", b"\r")) + b"\n",
            b"S" + quote + hexed + quote + b"\n", b"U%c" % len(raw) + raw, b"T" + struct.pack("<I", len(raw)) + raw,
        )))  # fmt: skip
        if self._draw.random() < 0.3:
            self._by_the_memo(decoy)

    def _by_the_memo(self, other: bytes) -> None:
        """Put away, covered with others, and taken out again."""
        place = self._places = self._draw.choice((self._places + 1, self._places, 300))
        far = self._draw.random() < 0.2
        self._add(b"p%050d\n" % place if far else self._spelt(b"p", b"q", b"r", place))
        if self._draw.random() < 0.6:
            put = b"p%050d\n" if far else self._draw.choice((b"p%d\n", b"p0%d\n", b"p +%d\n"))
            self._add(b"0", b"\x8c%c" % len(other) + other, put % (place + self._draw.choice((1, 1, 256))))
        self._add(b"0" if self._draw.random() < 0.8 else b"0\x8c\x01x\x940")
        self._add(b"g%050d\n" % place if far else self._spelt(b"g", b"h", b"j", place))

    def _spelt(self, line: bytes, short: bytes, long: bytes, place: int) -> bytes:
        spelling = self._draw.choice((b"%d", b"0%d", b" %d", b"%d ", b"+%d", b"0_%d", b"\t%d\r", b"0" * 45 + b"%d"))
        ways = [line + spelling % place + b"\n", long + struct.pack("<I", place)]
        return self._draw.choice([*ways, short + bytes((place,))] if place < 256 else ways)

    def _again(self) -> None:
        self._add(b"N", self._spelt(b"p", b"q", b"r", self._draw.randrange(300)))

    def _container(self, depth: int) -> None:
        begin, end = self._draw.choice(((b"(", b"t"), (b"(", b"l"), (b"](", b"e"), (b"\x8f(", b"\x90"), (b"(", b"1N")))
        self._add(begin)
        for _ in range(self._draw.randrange(3)):
            if begin == b"\x8f(":
                self._number()
            else:
                self._value(depth + 1)
        self._add(end)

    def _imported(self, name: Name, *, call: bool = False) -> None:
        """An import by one of the three opcodes, at times called."""
        way = self._draw.randrange(4)
        if way == 0:
            self._add(b"(")
            self._text("x")
            self._add(b"i%s\n%s\n" % (name[0].encode(), name[1].encode()))
            return
        calls = call or self._draw.random() < 0.5
        if object_way := calls and self._draw.random() < 0.2:
            self._add(b"(")
        if way == 1:
            self._add(b"c%s\n%s\n" % (name[0].encode(), name[1].encode()))
        else:
            self._text(name[0], b"builtins")
            self._text(name[1])
            self._add(b"\x93")
        if object_way:
            self._add(b"o")
        elif calls:
            self._add(self._draw.choice((b")R", b")\x81", b")}\x92", b"\x8c\x01x\x85R", b"(tR", b")R}b", b")RNb")))

    def _framed(self) -> Iterator[bytes]:
        """Frames around some of the parts, of the right size and at times of another."""
        at = 0
        while at < len(self._parts):
            many = self._draw.randint(1, 12)
            body = b"".join(self._parts[at : at + many])
            if self._draw.random() < 0.25:
                off = self._draw.choice((0, 0, 0, 0, -1, 1, -len(body), 9))
                yield b"\x95" + struct.pack("<Q", max(len(body) + off, 0))
            yield body
            at += many


def mutated(data: bytes, draw: random.Random) -> bytes:
    """A few bytes changed, taken out, put in or repeated."""
    made = bytearray(data)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 6))):
        at, size = draw.randrange(len(made)), draw.choice((1, 1, 2, 5))
        piece = draw.choice(
            (bytes((draw.randrange(256),)), draw.choice(b"0(2)N\n.'tR").to_bytes(), made[at : at + 9], b"")
        )
        made[at : at + draw.choice((0, size, len(piece)))] = piece
        if not made:
            return data
    return bytes(made)


def cases(seed: int, count: int) -> Iterator[bytes]:
    """As many pickles; the same ones for the same seed."""
    draw, real = random.Random(seed), real_pickles()
    while count:
        data = Soup(draw).bake() if draw.random() < 0.6 else draw.choice(real)
        if draw.random() < 0.7:
            data = mutated(data, draw)
        if _GREEDY.search(data) is None:
            count -= 1
            yield data
