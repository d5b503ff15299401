"""Formats whose headers account for every byte: npy and safetensors."""

from __future__ import annotations

import ast
import json
import math
import re
import struct
from pathlib import PurePosixPath, PureWindowsPath

from mlgate.opening.scanning.pickles import find_starts, scan_pickles
from mlgate.opening.scanning.scanned import Scanned
from mlgate.opening.scanning.walker import Bytes

_PLAIN = re.compile(r"[<>|=][biufcmMSUV](\d+)(\[\w+\])?")
_LONGEST_HEADER = 1 << 16


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
        if length > _LONGEST_HEADER:
            raise ValueError("header")
        header = ast.literal_eval(data[start - length : start].decode("utf-8"))
        descr, shape = header["descr"], header["shape"]
        size = _item_size(descr)
        count = _count(shape)
    except (ValueError, SyntaxError, KeyError, TypeError, struct.error, IndexError, MemoryError, RecursionError):
        scanned.add(file, "the header of the array can't be read.")
        return
    if size is None:
        if not scan_pickles(data, file, scanned, at=start):
            scanned.add(file, "an array of objects that is no pickle.", offset=start)
    elif start + size * count != len(data):
        scanned.add(file, "the array is longer or shorter than its header says.", offset=start)
        find_starts(data, min(start + size * count, len(data)), file, scanned)


def _count(shape: object) -> int:
    if not isinstance(shape, tuple) or not all(isinstance(n, int) and 0 <= n < 1 << 48 for n in shape):
        raise ValueError("shape")
    return math.prod(shape)


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
    repeats = [
        _count(field[2] if isinstance(field[2], tuple) else (field[2],)) if len(field) > 2 else 1 for field in descr
    ]
    return sum(size * times for size, times in zip(sizes, repeats, strict=True) if size is not None)


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
