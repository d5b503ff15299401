"""ONNX models, read as the protobuf messages that they are, for where their tensors say that they are stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from mlgate.opening.scanning.documents import outside
from mlgate.opening.scanning.scanned import Scanned
from mlgate.opening.scanning.walker import Bytes

# The fields of onnx.proto that lead to a TensorProto, by message: number of the field, message behind it.
_PATHS: dict[str, dict[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {13: "external"},
    "external": {},
}
_FEWEST_FIELDS = 10_000
_MOST_ON_TOP = 50_000
_DEEPEST = 100
_VARINT, _FIXED64, _BYTES, _START, _END, _FIXED32 = range(6)


class NotMessage(Exception):
    """Bytes that are no protobuf message."""


class TooMany(Exception):
    """More fields than can be read in bounded time."""


def fields(data: Bytes, at: int, end: int, most: int) -> Iterator[tuple[int, int, int]]:
    """Number, begin and end of every field that holds bytes; others are stepped over.

    Raises `NotMessage`, and `TooMany` for more than `most` of all kinds.
    """
    open_groups = seen = 0
    while at < end:
        seen += 1
        if seen > most:
            raise TooMany
        key, at = varint(data, at, end)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise NotMessage("field 0")
        if kind == _VARINT:
            _, at = varint(data, at, end)
        elif kind == _BYTES:
            length, at = varint(data, at, end)
            if length > end - at:
                raise NotMessage("breaks off")
            if not open_groups:
                yield number, at, at + length
            at += length
        elif kind in (_FIXED32, _FIXED64):
            at += 4 if kind == _FIXED32 else 8
        elif kind in (_START, _END):
            open_groups += 1 if kind == _START else -1
        else:
            raise NotMessage("kind")
    if at != end or open_groups:
        raise NotMessage("breaks off")


def varint(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """A number and the offset behind it. Raises `NotMessage` where the bytes end before."""
    if at < end and data[at] < 128:
        return data[at], at + 1
    value = 0
    for shift in range(0, 70, 7):
        if at >= end:
            break
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value & ((1 << 64) - 1), at
    raise NotMessage("number")


def is_onnx(data: Bytes) -> bool:
    """Whether all of it reads as a message with a graph; its fields may stand in any order, with unknown ones."""
    try:
        graphs = [(begin, end) for number, begin, end in fields(data, 0, len(data), _MOST_ON_TOP) if number == 7]
        return any(any(True for _ in fields(data, *graph, _MOST_ON_TOP)) for graph in graphs)
    except NotMessage:
        return False
    except TooMany:
        return True


def scan_onnx(data: Bytes, file: str, scanned: Scanned) -> None:
    """Where the tensors of a model say that they are stored: outside of its folder is a finding."""
    waiting, seen, most = [("model", 0, len(data), 0)], 0, _FEWEST_FIELDS + len(data) // 16
    while waiting:
        message, begin, end, depth = waiting.pop()
        found: list[tuple[str, int, int, int]] = []
        try:
            found = [
                (_PATHS[message][number], start, stop, depth + 1)
                for number, start, stop in fields(data, begin, end, most - seen)
                if number in _PATHS[message]
            ]
            if message == "external":
                _location(data, begin, end, file, scanned)
        except NotMessage:
            scanned.add(file, "a part of the ONNX model can't be read.", offset=begin)
            continue
        except TooMany:
            seen = most
        seen += len(found) + 1
        if seen > most or depth > _DEEPEST:
            scanned.add(file, "the ONNX model is too large or too deep to be read.", offset=begin)
            return
        waiting.extend(found)


def _location(data: Bytes, begin: int, end: int, file: str, scanned: Scanned) -> None:
    """One entry of a tensor's `external_data`: the last of each field counts."""
    entry = {number: (start, stop) for number, start, stop in fields(data, begin, end, _FEWEST_FIELDS)}
    key, value = entry.get(1, (0, 0)), entry.get(2, (0, 0))
    if data[key[0] : min(key[1], key[0] + 100)] != b"location":
        return
    path = bytes(data[value[0] : min(value[1], value[0] + 4096)]).decode("utf-8", "backslashreplace")
    if value[1] - value[0] > 4000 or outside(path) or not path.isprintable() or "!" in file:
        scanned.add(file, f"ONNX data from outside the model's folder, {path[:200]!a}.", offset=value[0])
    else:
        scanned.external.add((PurePosixPath(file).parent / path).as_posix())
