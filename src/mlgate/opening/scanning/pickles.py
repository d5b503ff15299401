"""Pickle streams in a run of bytes: one behind the other, behind padding, inside strings."""

from __future__ import annotations

import base64
import binascii
import re

from mlgate.opening.scanning.scanned import DEEPEST, Scanned
from mlgate.opening.scanning.torch_storages import LEGACY_MAGIC
from mlgate.opening.scanning.walker import Bytes, NotPickle, Walker

_BINARY_START = re.compile(rb"\x80[\x02-\x05]")
_GLOBAL_START = re.compile(rb"c[A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n")  # an alternation would be 15 times slower
_INST_START = re.compile(rb"\(i[A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n")
_HEX = b"0123456789abcdefABCDEF"
_BASE64 = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/_-"
_SEARCHED = 100_000
LONGEST_WRAPPED = 16 << 20


def scan_pickles(data: Bytes, file: str, scanned: Scanned, *, at: int = 0, depth: int = 0, likely: bool = True) -> bool:
    """Reports every stream in `data` from `at` on; False, and nothing reported, where no pickle begins there.

    Of bytes that are not `likely` to be a pickle, only whole streams and such that call count as one.
    """
    first, legacy = True, data[at : at + len(LEGACY_MAGIC)] == LEGACY_MAGIC
    scanned.storages = {}
    while at < len(data):
        walker = Walker(data, at, file, scanned)
        whole = _walk(walker)
        if first and not _is_pickle(data, at, walker, whole=whole, likely=likely):
            return False
        first = False
        _report(walker, depth)
        scanned.storages.update(walker.storages)
        if not whole:
            scanned.add(file, "the pickle breaks off or can't be read.", offset=walker.at)
            find_starts(data, walker.at, file, scanned, depth)
            return True
        at = walker.at
        if legacy and scanned.storages and at + sum(8 + size for size in scanned.storages.values()) == len(data):
            return True  # the numbers of torch's tensors, each behind its count
        if at < len(data) and not _starts(data, at):
            scanned.add(file, "bytes behind the end of the pickle, which nothing accounts for.", offset=at)
            find_starts(data, at, file, scanned, depth)
            return True
    return not first


def _report(walker: Walker, depth: int) -> None:
    walker.report()
    for offset, end in walker.embedded:
        scan_hidden(walker.data[offset:end], f"{walker.file}@{offset}", walker.scanned, depth + 1)


def _walk(walker: Walker) -> bool:
    try:
        walker.walk()
    except NotPickle:
        return False
    return True


def _starts(data: Bytes, at: int) -> bool:
    return bool(_BINARY_START.match(data, at)) or _walk(Walker(data, at, "", Scanned()))


def _is_pickle(data: Bytes, at: int, walker: Walker, *, whole: bool, likely: bool) -> bool:
    """A stream that breaks off is still one if it says so in its first bytes, or would have run a call by then."""
    called = bool(walker.imports and walker.calls) or bool(walker.trouble)
    if likely:
        return whole or bool(_BINARY_START.match(data, at)) or called
    return (whole or bool(walker.calls)) and bool(walker.imports or walker.trouble)


def find_starts(data: Bytes, at: int, file: str, scanned: Scanned, depth: int = 0) -> None:
    """Reports pickles that begin anywhere from `at` on and import something; a stray start that can't be is not one."""
    most = scanned.opcodes + _SEARCHED + len(data) // 8
    for pattern in (_BINARY_START, _GLOBAL_START, _INST_START):
        for match in pattern.finditer(data, at):
            walker = Walker(data, match.start(), file, scanned, most)
            if _walk(walker) or walker.calls:
                walker.report()
            if scanned.opcodes > most or depth > DEEPEST:
                scanned.add(file, "too many places that look like a pickle.", offset=match.start())
                return


def scan_hidden(data: bytes, file: str, scanned: Scanned, depth: int) -> None:
    """Bytes or text inside another file: a pickle, or one wrapped in base64 or hex."""
    if depth > DEEPEST:
        scanned.add(file, "nested deeper than any model needs.")
    elif not scan_pickles(data, file, scanned, depth=depth, likely=False):
        unwrapped = unwrap(data)
        if unwrapped is not None:
            scan_pickles(unwrapped, f"{file} (decoded)", scanned, depth=depth + 1, likely=False)


def unwrap(data: bytes) -> bytes | None:
    """What base64 or hex text holds; None for other bytes."""
    if len(data) > LONGEST_WRAPPED:
        return None
    text = data.strip().replace(b"\n", b"").replace(b"\r", b"")
    try:
        if len(text) >= 16 and len(text) % 2 == 0 and not text.translate(None, _HEX):
            return bytes.fromhex(text.decode())
        if len(text) >= 16 and not text.rstrip(b"=").translate(None, _BASE64):
            return base64.b64decode(text.translate(bytes.maketrans(b"-_", b"+/")) + b"=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        return None
    return None
