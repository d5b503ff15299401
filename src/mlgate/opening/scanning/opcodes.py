"""What each opcode of a pickle does to a stack of names.

Where Python's two unpicklers differ, or accept what the format does not say, the reading goes on: to stop early would
hide what stands behind.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from mlgate.opening.scanning.symbols import LONGEST_TEXT, MARK, OPAQUE, as_text

if TYPE_CHECKING:
    from mlgate.opening.scanning.walker import Walker

Act = Callable[["Walker"], None]
_WRAPPED = re.compile(rb"[A-Za-z0-9+/_=-]{24}")
_WINDOW = 8 << 20
_LARGEST_INT = 1 << 62
_MOST_DIGITS = 40
_PLACE = re.compile(rb"\s*([+-]?[0-9_]+)\s*(?:\0.*)?", re.DOTALL)


def _no_opcode(_: Walker) -> None:
    raise ValueError("no opcode")


def _push(make: Callable[[], object]) -> Act:
    return lambda w: w.push(make())


def _int(width: int, *, signed: bool = False) -> Act:
    return lambda w: w.push(w.number(width, signed=signed))


def _text(width: int) -> Act:
    """Text behind its length."""

    def act(w: Walker) -> None:
        begin, end = w.skip(w.number(width))
        if end - begin > 24 and _WRAPPED.match(w.data, begin):
            w.embed(begin, min(end, begin + _WINDOW))
        w.push(as_text(w.data[begin:end]) if end - begin <= LONGEST_TEXT else OPAQUE)

    return act


def _bytes(width: int, *, text: bool = False) -> Act:
    """Bytes behind their length, or a text of Python 2, which may be either."""

    def act(w: Walker) -> None:
        begin, end = w.skip(w.number(width))
        if end - begin > 8 and _may_hide(w, begin):
            w.embed(begin, min(end, begin + _WINDOW))
        w.push(as_text(w.data[begin:end]) if text and end - begin <= LONGEST_TEXT else OPAQUE)

    return act


def _may_hide(w: Walker, begin: int) -> bool:
    """Whether bytes begin like a pickle, or like base64 or hexadecimal text."""
    return w.data[begin] in b"\x80(ci]}l" or _WRAPPED.match(w.data, begin) is not None


def _long(width: int) -> Act:
    def act(w: Walker) -> None:
        begin, end = w.skip(w.number(width))
        w.push(int.from_bytes(w.data[begin:end], "little", signed=True) if end - begin <= 8 else OPAQUE)

    return act


def _skip(width: int) -> Act:
    def act(w: Walker) -> None:
        w.skip(width)
        w.push(OPAQUE)

    return act


def _int_line(w: Walker) -> None:
    line = w.line().strip().removesuffix(b"L")
    try:
        number = int(line, 0) if len(line) <= _MOST_DIGITS else _LARGEST_INT
    except ValueError:
        w.push(OPAQUE)
        return
    w.push(number if abs(number) < _LARGEST_INT else OPAQUE)


def _float_line(w: Walker) -> None:
    w.line()
    w.push(OPAQUE)


def _string_line(w: Walker) -> None:
    begin = w.at
    line, size = w.line(), w.at - begin
    if size < 3 or line[:1] not in (b"'", b'"'):
        raise ValueError("a string without quotes")
    if size > 24:
        w.embed(begin + 1, min(w.at - 2, begin + _WINDOW))
    if size > len(line) + 1:
        w.push(OPAQUE)
        return
    line = line.rstrip()[1:-1]
    w.push(as_text(line) if b"\\" not in line else _unescaped_bytes(line))


def _unicode_line(w: Walker) -> None:
    line = w.line()
    w.push(as_text(line) if b"\\" not in line else _unescaped_text(line))


def _unescaped_bytes(line: bytes) -> object:
    """As the literal of Python's bytes, in which `\\u` says nothing."""
    try:
        return as_text(codecs.escape_decode(line)[0])
    except ValueError:
        return OPAQUE


def _unescaped_text(line: bytes) -> object:
    try:
        return as_text(line.decode("raw_unicode_escape").encode("latin-1"))
    except ValueError:
        return OPAQUE


def _name(line: bytes) -> str:
    return line[:256].decode("utf-8", "backslashreplace")


def _global(w: Walker) -> None:
    module, name = w.line(), w.line()
    w.import_name(_name(module), _name(name))


def _stack_global(w: Walker) -> None:
    name, module = w.pop(), w.pop()
    w.import_name(module, name)


def _inst(w: Walker) -> None:
    module, name = w.line(), w.line()
    arguments = tuple(w.to_mark())
    w.import_name(_name(module), _name(name))
    w.call(w.pop(), arguments)


def _obj(w: Walker) -> None:
    callable_, *arguments = w.to_mark()
    w.call(callable_, tuple(arguments))


def _reduce(w: Walker) -> None:
    arguments, callable_ = w.pop(), w.pop()
    w.call(callable_, arguments)


def _newobj_ex(w: Walker) -> None:
    """Arguments by name are not followed, so an object that is made with some counts as unclear."""
    named = w.pop()
    arguments, callable_ = w.pop(), w.pop()
    w.call(callable_, arguments if named == {} else OPAQUE)


def _extension(width: int) -> Act:
    def act(w: Walker) -> None:
        w.blame(f"asks for extension code {w.number(width)}, whatever that is where it is opened")
        w.push(OPAQUE)

    return act


def _tuple(count: int) -> Act:
    def act(w: Walker) -> None:
        values = [w.pop() for _ in range(count)]
        w.push_tuple(values[::-1])

    return act


def _append(w: Walker) -> None:
    w.refuse_hidden((w.stack.pop(),))
    w.refuse_change(w.stack[-1])


def _appends(w: Walker) -> None:
    w.refuse_hidden(w.to_mark())
    w.refuse_change(w.stack[-1])


def _setitems(w: Walker) -> None:
    pairs = w.to_mark()
    w.keep(w.stack[-1], pairs)


def _setitem(w: Walker) -> None:
    value, key = w.pop(), w.pop()
    w.keep(w.stack[-1], [key, value])


def _dict(w: Walker) -> None:
    made: dict[object, object] = {}
    w.keep(made, w.to_mark())
    w.push(made)


def _drop(w: Walker) -> None:
    w.stack.pop()


def _drop_to_mark(w: Walker) -> None:
    w.to_mark()


def _collect(w: Walker) -> None:
    w.refuse_hidden(w.to_mark())
    w.push(OPAQUE)


def _protocol(w: Walker) -> None:
    if w.number(1) > 5:
        raise ValueError("a protocol that does not exist")


def _place(w: Walker) -> int:
    """A place in the memo. Python reads numbers of any length, with spaces around them, up to a NUL."""
    begin = w.at
    w.line()
    number = _PLACE.fullmatch(w.data, begin, w.at - 1)
    if number is None:
        raise ValueError("no number")
    if w.at - begin > _MOST_DIGITS:
        w.blame("a place in the memo that is longer than any program writes")
    return int(number[1])


_BY_OPCODE: dict[bytes, Act] = {
    b"\x80": _protocol, b"\x95": lambda w: w.frame(w.number(8)), b"(": lambda w: w.push(MARK), b"0": _drop,
    b"1": _drop_to_mark, b"2": lambda w: w.push(w.stack[-1]), b"N": lambda w: w.push(None),
    b"\x88": lambda w: w.push(True), b"\x89": lambda w: w.push(False), b"]": lambda w: w.push(OPAQUE),
    b"\x8f": lambda w: w.push(OPAQUE), b")": lambda w: w.push(()), b"}": _push(dict), b"l": _collect,
    b"\x91": _collect, b"a": _append, b"e": _appends, b"\x90": _appends, b"d": _dict, b"s": _setitem,
    b"u": _setitems, b"t": lambda w: w.push_tuple(w.to_mark()), b"\x85": _tuple(1), b"\x86": _tuple(2),
    b"\x87": _tuple(3), b"I": _int_line, b"L": _int_line, b"F": _float_line, b"S": _string_line, b"V": _unicode_line,
    b"J": _int(4, signed=True), b"M": _int(2), b"K": _int(1), b"G": _skip(8), b"T": _bytes(4, text=True),
    b"U": _bytes(1, text=True), b"X": _text(4), b"\x8c": _text(1), b"\x8d": _text(8), b"B": _bytes(4),
    b"C": _bytes(1), b"\x8e": _bytes(8), b"\x96": _bytes(8), b"\x8a": _long(1), b"\x8b": _long(4),
    b"c": _global, b"\x93": _stack_global, b"i": _inst, b"o": _obj, b"R": _reduce, b"\x81": _reduce,
    b"\x92": _newobj_ex, b"b": lambda w: w.build(), b"\x82": _extension(1), b"\x83": _extension(2),
    b"\x84": _extension(4), b"P": lambda w: w.persistent(w.line()), b"Q": lambda w: w.persistent(w.pop()),
    b"p": lambda w: w.remember(_place(w)), b"q": lambda w: w.remember(w.number(1)),
    b"r": lambda w: w.remember(w.number(4)), b"\x94": lambda w: w.remember(len(w.memo)),
    b"g": lambda w: w.push(w.memo[_place(w)]), b"h": lambda w: w.push(w.memo[w.number(1)]),
    b"j": lambda w: w.push(w.memo[w.number(4)]), b"\x97": lambda w: w.push(OPAQUE), b"\x98": lambda _: None,
}  # fmt: skip
ACTS: tuple[Act, ...] = tuple(_BY_OPCODE.get(bytes((code,)), _no_opcode) for code in range(256))
