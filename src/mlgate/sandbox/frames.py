"""Messages between the gate and a confined process: a JSON object and bytes, both of bounded length.

Nothing in a frame is ever unpickled. Whoever reads one treats it as written by an enemy.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

_HEAD = struct.Struct("!4sIQ")
_MAGIC = b"mlg1"
_LONGEST_HEADER = 8 << 20
_PIECE = 32 << 20
Bytes = bytes | bytearray | memoryview


class BadFrame(Exception):
    """What came is no frame; the text says what it is instead, without a full stop."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A message."""

    header: Mapping[str, Any]
    payload: bytearray | bytes = b""


def write_frame(stream: IO[bytes], header: Mapping[str, Any], payload: Sequence[Bytes] = ()) -> None:
    """Send a message; `payload` is written part after part. Raises `OSError`."""
    parts = [memoryview(part).cast("B") for part in payload]
    text = json.dumps(header).encode()
    stream.write(_HEAD.pack(_MAGIC, len(text), sum(len(part) for part in parts)) + text)
    for part in parts:
        stream.write(part)
    stream.flush()


def read_frame(stream: IO[bytes], most: int) -> Frame:
    """The next message, with at most `most` bytes of payload. Raises `EOFError` at the end, `BadFrame`, `OSError`."""
    magic, header, payload = _HEAD.unpack(_exactly(stream, _HEAD.size))
    if magic != _MAGIC:
        raise BadFrame("other bytes than an answer")
    if header > _LONGEST_HEADER:
        raise BadFrame(f"a header of {header:,} bytes, where {_LONGEST_HEADER:,} are the most")
    if payload > most:
        raise BadFrame(f"{payload:,} bytes, where {most:,} are the most")
    return Frame(_object(bytes(_exactly(stream, header))), _exactly(stream, payload))


def _object(text: bytes) -> Mapping[str, Any]:
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFrame("a header that is no JSON") from None
    if not isinstance(tree, dict):
        raise BadFrame("a header that is no JSON object")
    return tree


def _exactly(stream: IO[bytes], count: int) -> bytearray:
    """Memory is taken as bytes come, a piece ahead at most, never on the word of a length alone."""
    read = bytearray()
    while len(read) < count:
        piece = bytearray(min(_PIECE, count - len(read)))
        if stream.readinto(piece) < len(piece):  # type: ignore[attr-defined]
            raise EOFError
        read = read + piece if read else piece
    return read
