"""Formats that are read as what they are: npy, safetensors, JSON with layers or types, ONNX."""

from __future__ import annotations

import ast
import json
import math
import re
import struct
from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath

from mlgate.opening.scanning.allowed import allowed
from mlgate.opening.scanning.pickles import find_starts, scan_pickles
from mlgate.opening.scanning.scanned import Scanned
from mlgate.opening.scanning.walker import Bytes
from mlgate.results import Severity

_PLAIN = re.compile(r"[<>|=][biufcmMSUV](\d+)(\[\w+\])?")
_LARGEST_JSON = 64 << 20
_LAMBDA = re.compile(rb'"class_name"\s*:\s*"(?:Lambda|TFOpLambda)"')


def outside(path: str) -> bool:
    """Whether a relative path of an archive or a model leads out of its folder."""
    windows = PureWindowsPath(path)
    return PurePosixPath(path).is_absolute() or bool(windows.drive or windows.root) or ".." in windows.parts


def scan_npy(data: Bytes, file: str, scanned: Scanned) -> None:
    """An array's header; its objects are a pickle."""
    try:
        width = "<H" if data[6] == 1 else "<I"
        (length,) = struct.unpack_from(width, data, 8)
        start = 8 + struct.calcsize(width) + length
        if length > 1 << 16:
            raise ValueError("header")
        header = ast.literal_eval(data[start - length : start].decode("utf-8"))
        descr, shape = header["descr"], header["shape"]
        size = _item_size(descr)
        count = math.prod(shape)
    except (ValueError, SyntaxError, KeyError, TypeError, struct.error, IndexError, MemoryError, RecursionError):
        scanned.add(file, "the header of the array can't be read.")
        return
    if size is None:
        if not scan_pickles(data, file, scanned, at=start):
            scanned.add(file, "an array of objects that is no pickle.", offset=start)
    elif start + size * count != len(data):
        scanned.add(file, "the array is longer or shorter than its header says.", offset=start)
        find_starts(data, min(start + max(size * count, 0), len(data)), file, scanned)


def _item_size(descr: object) -> int | None:
    """Bytes per item; None where it may hold objects."""
    if isinstance(descr, str):
        match = _PLAIN.fullmatch(descr)
        return int(match[1]) * (4 if descr[1] == "U" else 1) if match else None
    if not isinstance(descr, list):
        return None
    sizes = [_item_size(field[1]) for field in descr]
    if any(size is None for size in sizes):
        return None
    repeats = [math.prod(field[2]) if len(field) > 2 else 1 for field in descr]
    return sum(size * times for size, times in zip(sizes, repeats, strict=True) if size is not None)


def scan_json(data: Bytes, file: str, scanned: Scanned) -> None:
    """Keras Lambda layers, and the types of a skops schema."""
    if match := _LAMBDA.search(data):
        scanned.add(file, "a Keras Lambda layer, which runs code of its own.", offset=match.start(), name="Lambda",
                    module="keras", severity=Severity.CRITICAL)  # fmt: skip
    if PurePosixPath(file.rpartition("!")[2]).name == "schema.json" or b'"__loader__"' in data[:4096]:
        _scan_skops(data, file, scanned)


def _scan_skops(data: Bytes, file: str, scanned: Scanned) -> None:
    try:
        if len(data) > _LARGEST_JSON:
            raise ValueError("too large")
        schema = json.loads(bytes(data))
    except (ValueError, RecursionError):
        scanned.add(file, "the schema of the model can't be read.")
        return
    known, told = allowed(), set()
    for module, name in _types(schema):
        if (module, name) not in known and (module, name) not in told:
            told.add((module, name))
            scanned.add(file, f"builds {module}.{name}, which is not on mlgate's list.", module=module, name=name,
                        severity=Severity.CRITICAL)  # fmt: skip


def _types(schema: object) -> Iterator[tuple[str, str]]:
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if "__loader__" in node:
                yield str(node.get("__module__")), str(node.get("__class__"))
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def scan_onnx(data: Bytes, file: str, scanned: Scanned) -> None:
    """External data of an ONNX model (entries `location`) that lies outside of its folder."""
    for match in re.finditer(rb"\x0a\x08location\x12", data):
        length, at = varint(data, match.end())
        path = bytes(data[at : at + min(length, 4096)]).decode("utf-8", "replace")
        if length > 4096 or outside(path):
            scanned.add(file, f"ONNX data from outside the model's folder, {path[:200]!r}.", offset=match.start())


def is_onnx(data: Bytes) -> bool:
    """Whether the top level reads as a ModelProto: known fields up to the end, with a graph."""
    at, seen = 0, set()
    if data[:1] != b"\x08":
        return False
    try:
        while at < len(data):
            key, at = varint(data, at)
            if key >> 3 not in (1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26):
                return False
            seen.add(key >> 3)
            value, at = varint(data, at)
            if key & 7 == 2:
                at += value
            elif key & 7 != 0:
                return False
    except IndexError:
        return False
    return at == len(data) and 7 in seen


def varint(data: Bytes, at: int) -> tuple[int, int]:
    """A number of a protobuf message and the offset behind it. Raises `IndexError` at the end of the bytes."""
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise IndexError("varint")


def scan_safetensors(data: Bytes, file: str, scanned: Scanned) -> bool:
    """Whether this is a safetensors file, whose header accounts for every byte; nothing in one can run."""
    if len(data) < 10 or data[8:9] != b"{":
        return False
    (length,) = struct.unpack_from("<Q", data)
    if length > min(len(data) - 8, 100 << 20):
        return False
    try:
        header = json.loads(bytes(data[8 : 8 + length]))
        ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
    except (ValueError, RecursionError, KeyError, TypeError, IndexError, AttributeError):
        return False
    if 8 + length + max(ends, default=0) != len(data):
        scanned.add(file, "the file is longer or shorter than its header says.")
    return True
