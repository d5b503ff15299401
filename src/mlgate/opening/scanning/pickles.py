"""Pickle streams in a run of bytes: one behind the other, behind padding, inside strings."""

from __future__ import annotations

import base64
import binascii
import re

from mlgate.opening.scanning.scanned import DEEPEST, Scanned
from mlgate.opening.scanning.walker import Bytes, NotPickle, Walker

_BINARY_START = re.compile(rb"\x80[\x02-\x05]")
_TEXT_START = re.compile(rb"(?:c|\(i)[A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}\s*")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){8,}\s*")
_MOST_STARTS = 2_000
_MOST_WRAPPED = 16 << 20


def scan_pickles(data: Bytes, file: str, scanned: Scanned, *, depth: int = 0) -> bool:
    """Reports every stream in `data`; False, and nothing reported, where it does not begin with a pickle."""
    at, first = 0, True
    while at < len(data):
        walker = Walker(data, at, file, scanned)
        whole = _walk(walker)
        if first and not whole and not _is_broken_pickle(data, walker):
            return False
        first = False
        walker.report()
        for offset, end in walker.embedded:
            scan_hidden(data[offset:end], f"{file}@{offset}", scanned, depth + 1)
        if not whole:
            scanned.add(file, "the pickle breaks off or can't be read.", offset=walker.at)
            find_starts(data, walker.at, file, scanned, depth)
            return True
        at = walker.at
        if at < len(data) and not _starts(data, at):
            scanned.add(file, "bytes behind the end of the pickle, which nothing accounts for.", offset=at)
            find_starts(data, at, file, scanned, depth)
            return True
    return not first


def _walk(walker: Walker) -> bool:
    try:
        walker.walk()
    except NotPickle:
        return False
    return True


def _starts(data: Bytes, at: int) -> bool:
    head = data[at : at + 4096]
    return bool(_BINARY_START.match(head)) or _walk(Walker(data, at, "", Scanned()))


def _is_broken_pickle(data: Bytes, walker: Walker) -> bool:
    """A stream that breaks off is still one if it says so in its first bytes, or would have run a call by then."""
    return bool(_BINARY_START.match(data[:2])) or bool(walker.imports and walker.calls) or bool(walker.trouble)


def find_starts(data: Bytes, at: int, file: str, scanned: Scanned, depth: int = 0) -> None:
    """Reports pickles that begin anywhere from `at` on and import something; a stray start that can't be is not one."""
    for pattern in (_BINARY_START, _TEXT_START):
        for count, match in enumerate(pattern.finditer(data, at)):
            if count >= _MOST_STARTS or depth > DEEPEST:
                scanned.add(file, "too many places that look like a pickle.", offset=match.start())
                return
            walker = Walker(data, match.start(), file, scanned)
            if _walk(walker) or walker.calls:
                walker.report()


def scan_hidden(data: bytes, file: str, scanned: Scanned, depth: int) -> None:
    """Bytes or text inside another file: a pickle, or one wrapped in base64 or hex."""
    if depth > DEEPEST:
        scanned.add(file, "nested deeper than any model needs.")
    elif not scan_pickles_quietly(data, file, scanned, depth):
        unwrapped = unwrap(data)
        if unwrapped is not None:
            scan_pickles_quietly(unwrapped, f"{file} (decoded)", scanned, depth + 1)


def scan_pickles_quietly(data: bytes, file: str, scanned: Scanned, depth: int) -> bool:
    """Like `scan_pickles`, for bytes that are most likely data: only whole streams or such that call are pickles."""
    walker = Walker(data, 0, file, scanned)
    if not (_walk(walker) or walker.calls) or not (walker.imports or walker.trouble):
        return False
    return scan_pickles(data, file, scanned, depth=depth)


def unwrap(data: bytes) -> bytes | None:
    """What base64 or hex text holds; None for other bytes."""
    if len(data) > _MOST_WRAPPED:
        return None
    text = bytes(data).strip().replace(b"\n", b"").replace(b"\r", b"")
    try:
        if _HEX.fullmatch(text):
            return bytes.fromhex(text.decode())
        if _BASE64.fullmatch(text):
            return base64.b64decode(text.translate(bytes.maketrans(b"-_", b"+/")) + b"=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        return None
    return None
