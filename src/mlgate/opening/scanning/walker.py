"""Walks a pickle opcode by opcode with a stack of names, and executes nothing."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from mmap import mmap

from mlgate.opening.scanning.allowed import allowed
from mlgate.opening.scanning.scanned import MOST_OPCODES, Scanned
from mlgate.opening.scanning.symbols import MARK, MOST_KEPT, OPAQUE, Imported, Made, array_bytes, is_array_wrapper
from mlgate.results import Severity

Bytes = bytes | mmap
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_WRAPPED = re.compile(rb"[A-Za-z0-9+/_=-]{24}")
_LONGEST_LINE = 1 << 20
_LARGEST_STACK = 4_000_000
_FIXED = {b"J": 4, b"M": 2, b"K": 1, b"G": 8, b"\x95": 8}
_COUNTED = {b"T": 4, b"U": 1, b"X": 4, b"\x8c": 1, b"\x8d": 8, b"B": 4, b"C": 1, b"\x8e": 8, b"\x96": 8,
            b"\x8a": 1, b"\x8b": 4}  # fmt: skip
_TEXT = {b"X", b"\x8c", b"\x8d", b"U", b"T"}
_RAW = {b"B", b"C", b"\x8e", b"\x96", b"T", b"U"}


class NotPickle(Exception):
    """The bytes at this place are no pickle, or break off."""


class Walker:
    """One pickle stream. After `walk`, `end` is the offset behind it; `imports` and `calls` say how far it got."""

    def __init__(self, data: Bytes, start: int, file: str, scanned: Scanned) -> None:
        self.data, self.at, self.file, self.scanned = data, start, file, scanned
        self.stack: list[object] = []
        self.memo: dict[int, object] = {}
        self.imports: list[tuple[int, Imported]] = []
        self.trouble: list[tuple[int, str]] = []
        self.embedded: list[tuple[int, int]] = []  # where bytes and texts begin and end
        self.calls = 0
        self._op_at = start
        self._depth = 0

    def walk(self) -> None:
        """To the STOP of this stream. Raises `NotPickle` where the bytes can't be read as one."""
        size = len(self.data)
        try:
            while self.at < size:
                self._op_at = self.at
                op = self.data[self.at : self.at + 1]
                self.at += 1
                self.scanned.opcodes += 1
                if op == b".":
                    self._pop()
                    return
                if self.scanned.opcodes > MOST_OPCODES or len(self.stack) + len(self.memo) > _LARGEST_STACK:
                    self.trouble.append((self._op_at, "the pickle is too large to be read in bounded time and memory"))
                    raise NotPickle("too large")
                self._step(op)
        except (IndexError, struct.error, UnicodeDecodeError, ValueError, RecursionError, KeyError) as error:
            raise NotPickle(type(error).__name__) from error
        raise NotPickle("no STOP")

    def _step(self, op: bytes) -> None:
        if op in _COUNTED:
            self._counted(op)
        elif op in _FIXED:
            self._number(op)
        elif (act := _ACTS.get(op)) is not None:
            act(self)
        else:
            raise NotPickle("unknown opcode")

    def _take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise NotPickle("breaks off")
        taken = self.data[self.at : self.at + count]
        self.at += count
        return taken

    def _line(self) -> str:
        end = self.data.find(b"\n", self.at, self.at + _LONGEST_LINE)
        if end < 0:
            raise NotPickle("no line end")
        line = self.data[self.at : end]
        self.at = end + 1
        return line.decode("utf-8", "surrogateescape")

    def _counted(self, op: bytes) -> None:
        width = _COUNTED[op]
        count = int.from_bytes(self._take(width), "little")
        if count > len(self.data) - self.at:
            raise NotPickle("breaks off")
        if (op in _RAW and count > 8) or (op in _TEXT and count > 24 and _WRAPPED.match(self.data, self.at)):
            self.embedded.append((self.at, self.at + min(count, 1 << 26)))
        if count > 4096:
            self.at += count
            self.stack.append(OPAQUE)
            return
        raw = self._take(count)
        if op in _TEXT:
            self.stack.append(raw.decode("utf-8", "surrogatepass" if op not in (b"U", b"T") else "replace"))
        elif op in (b"\x8a", b"\x8b"):
            self.stack.append(int.from_bytes(raw, "little", signed=True))
        else:
            self.stack.append(OPAQUE)

    def _number(self, op: bytes) -> None:
        raw = self._take(_FIXED[op])
        if op != b"\x95":
            self.stack.append(OPAQUE if op == b"G" else int.from_bytes(raw, "little", signed=op == b"J"))

    def _pop(self) -> object:
        value = self.stack.pop()
        if value is MARK:
            raise NotPickle("a mark where a value should stand")
        return value

    def _to_mark(self) -> list[object]:
        for place in range(len(self.stack) - 1, -1, -1):
            if self.stack[place] is MARK:
                values = self.stack[place + 1 :]
                del self.stack[place:]
                return values
        raise NotPickle("no mark")

    def import_name(self, module: object, name: object) -> None:
        """An import; one whose name can't be read from the stack is a finding of its own."""
        if not isinstance(module, str) or not isinstance(name, str):
            self.trouble.append((self._op_at, "imports a name that the pickle makes while it runs"))
            self.stack.append(OPAQUE)
            return
        if not _DOTTED.fullmatch(module) or not _DOTTED.fullmatch(name):
            raise NotPickle("no name")
        found = Imported(module, name)
        self.imports.append((self._op_at, found))
        self.stack.append(found)

    def call(self, callable_: object, arguments: object) -> None:
        """A call of an import is judged by the import; any other callable is a finding."""
        self.calls += 1
        if not isinstance(callable_, Imported):
            self.trouble.append((self._op_at, "calls what is no import"))
        if isinstance(arguments, tuple) and any(is_array_wrapper(Made(each, ())) for each in arguments):
            self.trouble.append((self._op_at, "makes joblib's array wrapper by a detour, to hide what follows"))
        self.stack.append(Made(callable_, arguments))

    def build(self) -> None:
        """Gives an object its state; joblib then reads an array right here, in the middle of the opcodes."""
        state, target = self._pop(), self.stack[-1]
        self.calls += 1
        if isinstance(target, Imported):
            self.trouble.append((self._op_at, f"changes {target.module}.{target.name} itself"))
        if isinstance(target, Made):
            target.states.append(state)
            if is_array_wrapper(target):
                self._skip_array(state)

    def _skip_array(self, state: object) -> None:
        array = array_bytes(state)
        if array is None:
            self.trouble.append((self._op_at, "an array whose size can't be told without loading it"))
            raise NotPickle("array")
        if array.size is None:
            self._objects()
            return
        if array.padded:
            self._take(self._take(1)[0])
        if array.size > len(self.data) - self.at:
            raise NotPickle("an array breaks off")
        self.at += array.size

    def _objects(self) -> None:
        inner = Walker(self.data, self.at, self.file, self.scanned)
        inner._depth = self._depth + 1
        if inner._depth > 20:
            raise NotPickle("nested too deep")
        try:
            inner.walk()
        finally:
            self.imports += inner.imports
            self.trouble += inner.trouble
            self.embedded += inner.embedded
            self.calls += inner.calls
        self.at = inner.at

    def report(self) -> None:
        """Adds what this stream would import beyond the allow list, and what it hides."""
        known = allowed()
        for offset, found in self.imports:
            if (found.module, found.name) not in known:
                self.scanned.add(
                    self.file, f"imports {found.module}.{found.name}, which is not on mlgate's list.", offset=offset,
                    severity=Severity.CRITICAL, module=found.module, name=found.name,
                )  # fmt: skip
        for offset, what in self.trouble:
            self.scanned.add(self.file, f"{what}.", offset=offset, severity=Severity.HIGH)


def _keep(target: object, pairs: list[object]) -> None:
    if len(pairs) % 2:
        raise NotPickle("a key without a value")
    if isinstance(target, dict):
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            if isinstance(key, str) and (len(target) < MOST_KEPT or key in target):
                target[key] = value


def _put(walker: Walker, place: int) -> None:
    walker.memo[place] = walker.stack[-1]


def _global(w: Walker) -> None:
    w.import_name(w._line(), w._line())


def _stack_global(w: Walker) -> None:
    name, module = w._pop(), w._pop()
    w.import_name(module, name)


def _inst(w: Walker) -> None:
    module, name = w._line(), w._line()
    arguments = tuple(w._to_mark())
    w.import_name(module, name)
    w.call(w._pop(), arguments)


def _obj(w: Walker) -> None:
    callable_, *arguments = w._to_mark()
    w.call(callable_, tuple(arguments))


def _reduce(w: Walker) -> None:
    arguments, callable_ = w._pop(), w._pop()
    w.call(callable_, arguments)


def _newobj_ex(w: Walker) -> None:
    w._pop()
    _reduce(w)


def _extension(width: int) -> Callable[[Walker], None]:
    def act(w: Walker) -> None:
        code = int.from_bytes(w._take(width), "little")
        w.trouble.append((w._op_at, f"asks for extension code {code}, whatever that is where it is opened"))
        w.stack.append(OPAQUE)

    return act


def _persistent(w: Walker, key: object) -> None:
    tagged = isinstance(key, tuple) and key[:1] == ("storage",)
    if not tagged:
        w.trouble.append((w._op_at, "a persistent id, which only the program that wrote it can tell"))
    w.stack.append(OPAQUE)


def _tuple(count: int) -> Callable[[Walker], None]:
    def act(w: Walker) -> None:
        values = [w._pop() for _ in range(count)]
        w.stack.append(tuple(reversed(values)))

    return act


def _push(make: Callable[[], object]) -> Callable[[Walker], None]:
    return lambda w: w.stack.append(make())


def _int(w: Walker) -> None:
    line = w._line().strip().removesuffix("L")
    if len(line) > 4000:
        raise NotPickle("a number of that length")
    w.stack.append(int(line))


def _float(w: Walker) -> None:
    float(w._line())
    w.stack.append(OPAQUE)


def _string(w: Walker) -> None:
    line = w._line().strip()
    if len(line) < 2 or line[0] != line[-1] or line[0] not in "'\"":
        raise NotPickle("a string without quotes")
    w.embedded.append((w._op_at + 2, w.at - 2))
    w.stack.append(line[1:-1].encode("latin-1", "replace").decode("unicode_escape") if "\\" in line else line[1:-1])


def _appends(w: Walker) -> None:
    w._to_mark()
    _ = w.stack[-1]


def _setitems(w: Walker) -> None:
    pairs = w._to_mark()
    _keep(w.stack[-1], pairs)


def _setitem(w: Walker) -> None:
    value, key = w._pop(), w._pop()
    _keep(w.stack[-1], [key, value])


def _dict(w: Walker) -> None:
    made: dict[str, object] = {}
    _keep(made, w._to_mark())
    w.stack.append(made)


def _drop(w: Walker) -> None:
    w.stack.pop()


def _collect(w: Walker) -> None:
    w._to_mark()
    w.stack.append(OPAQUE)


def _protocol(w: Walker) -> None:
    if w._take(1)[0] > 5:
        raise NotPickle("a protocol that does not exist")


def _only(_: object) -> None:
    return None


_ACTS: dict[bytes, Callable[[Walker], None]] = {
    b"\x80": _protocol, b"(": _push(lambda: MARK), b"0": _drop, b"1": lambda w: _only(w._to_mark()),
    b"2": lambda w: w.stack.append(w.stack[-1]), b"N": _push(lambda: None), b"\x88": _push(lambda: True),
    b"\x89": _push(lambda: False), b"]": _push(lambda: OPAQUE), b"\x8f": _push(lambda: OPAQUE), b")": _push(tuple),
    b"}": _push(dict), b"l": _collect, b"\x91": _collect, b"a": _drop, b"e": _appends, b"\x90": _appends,
    b"d": _dict, b"s": _setitem, b"u": _setitems, b"t": lambda w: w.stack.append(tuple(w._to_mark())),
    b"\x85": _tuple(1), b"\x86": _tuple(2), b"\x87": _tuple(3), b"I": _int, b"L": _int, b"F": _float,
    b"S": _string, b"V": lambda w: w.stack.append(w._line().encode("latin-1", "replace").decode("raw_unicode_escape")),
    b"c": _global, b"\x93": _stack_global, b"i": _inst, b"o": _obj, b"R": _reduce, b"\x81": _reduce,
    b"\x92": _newobj_ex, b"b": Walker.build, b"\x82": _extension(1), b"\x83": _extension(2), b"\x84": _extension(4),
    b"P": lambda w: _persistent(w, w._line()), b"Q": lambda w: _persistent(w, w._pop()),
    b"p": lambda w: _put(w, int(w._line())), b"q": lambda w: _put(w, w._take(1)[0]),
    b"r": lambda w: _put(w, int.from_bytes(w._take(4), "little")), b"\x94": lambda w: _put(w, len(w.memo)),
    b"g": lambda w: w.stack.append(w.memo[int(w._line())]), b"h": lambda w: w.stack.append(w.memo[w._take(1)[0]]),
    b"j": lambda w: w.stack.append(w.memo[int.from_bytes(w._take(4), "little")]),
    b"\x97": _push(lambda: OPAQUE), b"\x98": lambda w: None,
}  # fmt: skip
