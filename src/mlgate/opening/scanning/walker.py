"""Walks a pickle opcode by opcode with a stack of names, and executes nothing."""

from __future__ import annotations

from mmap import mmap

from mlgate.opening.scanning.allowed import allowed
from mlgate.opening.scanning.calls import fault_of, made_by
from mlgate.opening.scanning.dtypes import array_bytes, item_with
from mlgate.opening.scanning.memo import Memo
from mlgate.opening.scanning.opcodes import ACTS
from mlgate.opening.scanning.scanned import MOST_FINDINGS, MOST_KEPT, MOST_OPCODES, Scanned
from mlgate.opening.scanning.symbols import (
    DTYPE,
    LARGEST_DICT,
    LONGEST_TUPLE,
    MARK,
    OPAQUE,
    UNCLEAR,
    Imported,
    Made,
    is_array_wrapper,
    is_guarded,
)
from mlgate.opening.scanning.torch_storages import storage
from mlgate.results import Severity

Bytes = bytes | mmap
_LARGEST_STACK = 500_000
_DEEPEST_ARRAYS = 20
_FAR = 1 << 12


class NotPickle(Exception):
    """The bytes at this place are no pickle, or break off."""


class Walker:
    """One pickle stream. After `walk`, `end` is the offset behind it; `imports` and `calls` say how far it got."""

    def __init__(self, data: Bytes, start: int, file: str, scanned: Scanned, most: int = MOST_OPCODES) -> None:
        self.data, self.at, self.file, self.scanned = data, start, file, scanned
        self.stack: list[object] = []
        self.memo: Memo = Memo()
        self.imports = 0
        self.calls = 0
        self.unknown: dict[Imported, int] = {}  # imports that are not on the list, with the place of the first
        self.trouble: list[tuple[int, str]] = []
        self.tags: list[tuple[int, str]] = []  # persistent ids, which a text may look like
        self.embedded: list[tuple[int, int]] = []  # where bytes and texts begin and end that may hide a pickle
        self.storages: dict[str, int] = {}
        self.ending = start
        self._most = most
        self._frame_end = 0
        self._kept = 0
        self._depth = 0

    def walk(self) -> None:
        """To the STOP of this stream. Raises `NotPickle` where the bytes can't be read as one."""
        data, scanned, size = self.data, self.scanned, len(self.data)
        try:
            while self.at < size:
                self.ending = self.at
                op = data[self.at]
                self.at += 1
                scanned.opcodes += 1
                if op == _STOP:
                    self._stop()
                    return
                if scanned.opcodes > self._most or len(self.stack) > _LARGEST_STACK or self._kept > MOST_KEPT:
                    self.too_large()
                ACTS[op](self)
                if self.ending < self._frame_end < self.at:
                    self._leave_frame()
        except (IndexError, ValueError, RecursionError, KeyError) as error:
            raise NotPickle(type(error).__name__) from error
        raise NotPickle("no STOP")

    def _stop(self) -> None:
        self.pop()
        if self.at < self._frame_end:
            self.blame("ends in the middle of a frame, behind which some programs read on")

    def too_large(self) -> None:
        """More than can be read in bounded time and memory."""
        self.blame("the pickle is too large to be read in bounded time and memory")
        raise NotPickle("too large")

    def blame(self, what: str) -> None:
        """Something at this opcode that keeps a model closed, whatever the list says."""
        if len(self.trouble) < MOST_FINDINGS:
            self.trouble.append((self.ending, what))

    def take(self, count: int) -> bytes:
        """The next bytes."""
        if count < 0 or self.at + count > len(self.data):
            raise NotPickle("breaks off")
        taken = self.data[self.at : self.at + count]
        self.at += count
        return taken

    def number(self, width: int, *, signed: bool = False) -> int:
        """The next bytes as a number."""
        return int.from_bytes(self.take(width), "little", signed=signed)

    def skip(self, count: int) -> tuple[int, int]:
        """Steps over bytes; where they begin and end."""
        if count < 0 or count > len(self.data) - self.at:
            raise NotPickle("breaks off")
        begin = self.at
        self.at += count
        return begin, self.at

    def line(self) -> bytes:
        """A line's first 4 KiB, which are more than any name has. Far line ends are paid for like opcodes.

        Python's own unpickler takes the last byte of a file for the end of its last line.
        """
        end = self.data.find(b"\n", self.at)
        if end < 0:
            end = len(self.data) - 1
        self.scanned.opcodes += (end - self.at) // _FAR
        if end < self.at:
            raise NotPickle("no line end")
        line = self.data[self.at : min(end, self.at + _FAR)]
        self.at = end + 1
        return line

    def push(self, value: object) -> None:
        """One more on the stack."""
        self.stack.append(value)

    def pop(self) -> object:
        """The last value, which must not be a mark."""
        value = self.stack.pop()
        if value is MARK:
            raise NotPickle("a mark where a value should stand")
        return value

    def to_mark(self) -> list[object]:
        """The values above the last mark."""
        for place in range(len(self.stack) - 1, -1, -1):
            if self.stack[place] is MARK:
                values = self.stack[place + 1 :]
                del self.stack[place:]
                return values
        raise NotPickle("no mark")

    def remember(self, place: int) -> None:
        """Puts the last value into the memo."""
        value = self.stack[-1]
        self.memo[place] = value
        self._kept += (120 if place > len(self.memo) else 16) + (len(value) + 60 if isinstance(value, str) else 0)

    def push_tuple(self, values: list[object]) -> None:
        """A tuple; a long one is no list of arguments and no shape."""
        for value in values:
            if isinstance(value, tuple):
                self.refuse_hidden(value)
        if len(values) > LONGEST_TUPLE:
            self.refuse_hidden(values)
            self.push(OPAQUE)
            return
        self._kept += 64 + sum(190 if isinstance(value, str) else 40 for value in values)
        self.push(tuple(values))

    def refuse_hidden(self, values: list[object] | tuple[object, ...]) -> None:
        """Imports that must be called bare have no place inside other values."""
        for value in values:
            if is_guarded(value) or (isinstance(value, tuple) and any(is_guarded(each) for each in value)):
                self.blame("keeps a class for a detour, to hide what follows")

    def refuse_change(self, target: object) -> None:
        """What is put into an import is a call of its own method: `sys.path` is a list."""
        if isinstance(target, Imported):
            self.calls += 1
            self.blame(f"changes {target.module}.{target.name} itself")

    def keep(self, target: object, pairs: list[object]) -> None:
        """Keys and values of a dictionary, as far as they are short texts; `UNCLEAR` stands for all others."""
        if len(pairs) % 2:
            raise NotPickle("a key without a value")
        self.refuse_hidden(pairs)
        self.refuse_change(target)
        if not isinstance(target, dict):
            return
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            if isinstance(key, str) and (len(target) < LARGEST_DICT or key in target):
                self._kept += 100
                target[key] = value
            else:
                target[UNCLEAR] = UNCLEAR

    def import_name(self, module: object, name: object) -> None:
        """An import; one whose name can't be read from the stack is a finding of its own."""
        self.imports += 1
        if not isinstance(module, str) or not isinstance(name, str):
            self.blame("imports a name that the pickle makes while it runs")
            self.push(OPAQUE)
            return
        found = Imported(module, name)
        if (module, name) not in allowed() and len(self.unknown) <= MOST_FINDINGS:
            self.unknown.setdefault(found, self.ending)
        self.push(found)

    def call(self, callable_: object, arguments: object) -> None:
        """A call of an import is judged by the import; any other callable is a finding."""
        self.calls += 1
        if (fault := fault_of(callable_, arguments)) is not None:
            self.blame(fault)
        _cloud(arguments)
        made = made_by(callable_, arguments)
        if made is not OPAQUE:
            self._kept += 300
        self.push(made)

    def build(self) -> None:
        """Gives an object its state; joblib then reads an array right here, in the middle of the opcodes."""
        state, target = self.pop(), self.stack[-1]
        self.calls += 1
        self.refuse_hidden((state,))
        self.refuse_change(target)
        if isinstance(target, Made):
            target.states += 1
            if target.by.name == DTYPE.name:
                target.item = item_with(target, state)
                if target.item is None:
                    self.blame("a numpy dtype with a state that numpy does not write")
            elif is_array_wrapper(target.by):
                self._skip_array(target, state)
        _cloud((state,))

    def _skip_array(self, target: Made, state: object) -> None:
        array = array_bytes(state) if target.states == 1 else None
        if array is None:
            self.blame("an array whose size can't be told without loading it")
            raise NotPickle("array")
        if self.at < self._frame_end:
            self.blame("an array in the middle of a frame, where other bytes are read than stand there")
            raise NotPickle("array")
        self._frame_end = 0
        self.stack[-1] = OPAQUE
        if array.size is None:
            self._objects()
            return
        if array.padded:
            self.skip(self.number(1))
        self.skip(array.size)

    def _objects(self) -> None:
        inner = Walker(self.data, self.at, self.file, self.scanned, self._most)
        inner._depth, inner._kept = self._depth + 1, self._kept
        if inner._depth > _DEEPEST_ARRAYS:
            raise NotPickle("nested too deep")
        try:
            inner.walk()
        finally:
            self._take_over(inner)
        self.at = inner.at

    def _take_over(self, inner: Walker) -> None:
        self._kept = inner._kept
        self.imports += inner.imports
        self.calls += inner.calls
        self.trouble += inner.trouble
        self.tags += inner.tags
        self.embedded += inner.embedded
        for found, place in inner.unknown.items():
            self.unknown.setdefault(found, place)

    def frame(self, size: int) -> None:
        """A frame, which some unpicklers read into memory at once: what they read beside it comes from behind it."""
        if self.at < self._frame_end:
            self.blame("a frame in the middle of another")
        self._frame_end = self.at + size

    def _leave_frame(self) -> None:
        """Python's fast unpickler forgets the rest of a frame and reads on behind it, so that it sees other opcodes."""
        self.blame("reads over the end of a frame")
        self._frame_end = 0

    def embed(self, begin: int, end: int) -> None:
        """Bytes or text that may hide a pickle."""
        if len(self.embedded) >= _FAR * 4:
            self.too_large()
        self.embedded.append((begin, end))

    def persistent(self, key: object) -> None:
        """A persistent id: a tensor's storage, or what only the program that wrote it can tell."""
        found = storage(key)
        if found is None:
            if len(self.tags) < MOST_FINDINGS:
                self.tags.append((self.ending, "a persistent id, which only the program that wrote it can tell"))
        else:
            self._kept += 200
            name, size = found
            self.storages[name] = size if self.storages.get(name, size) == size else -1
        self.push(OPAQUE)

    def report(self) -> None:
        """Adds what this stream would import beyond the allow list, and what it hides."""
        for found, offset in self.unknown.items():
            what = f"{found.module}.{found.name}".encode("unicode_escape").decode()
            self.scanned.add(
                self.file, f"imports {what}, which is not on mlgate's list.", offset=offset,
                severity=Severity.CRITICAL, module=found.module, name=found.name,
            )  # fmt: skip
        for offset, what in self.trouble + self.tags:
            self.scanned.add(self.file, f"{what}.", offset=offset, severity=Severity.HIGH)


def _cloud(values: object) -> None:
    """A dictionary that was handed to a call may have been changed by it."""
    if isinstance(values, tuple):
        for value in values:
            if isinstance(value, dict):
                value[UNCLEAR] = UNCLEAR
            elif isinstance(value, tuple):
                _cloud(value)


_STOP = ord(".")
