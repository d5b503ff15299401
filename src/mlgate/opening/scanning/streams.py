"""Compressed bytes as files that decompress while they are read, and bytes themselves as a file."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from functools import partial
from typing import IO, Any

from mlgate.opening.scanning.walker import Bytes

CHUNK = 1 << 20
_PACKED = 1 << 18
_MOST_AT_ONCE = 16 << 20


class Reader(io.RawIOBase):
    """Bytes in memory or in a map as a file, without a copy of them."""

    def __init__(self, data: Bytes) -> None:
        self._data, self._at = data, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(offset + (0, self._at, len(self._data))[whence], 0)
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Raises `OSError` for more than 16 MiB at once, which only a hostile directory of an archive asks for."""
        end = len(self._data) if size is None or size < 0 else self._at + size
        if min(end, len(self._data)) - self._at > _MOST_AT_ONCE:
            raise OSError("more at once than any model needs")
        taken = self._data[self._at : end]
        self._at += len(taken)
        return taken


class _Zlib(io.RawIOBase):
    """zlib or gzip streams, one behind the other as joblib reads them; checksums are zlib's own work."""

    def __init__(self, source: IO[bytes], wbits: int = zlib.MAX_WBITS) -> None:
        self._source, self._wbits = source, wbits
        self._stream = zlib.decompressobj(wbits)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while True:
            raw = self._stream.unconsumed_tail or self._stream.unused_data or self._source.read(_PACKED)
            if self._stream.eof:
                raw = raw.lstrip(b"\x00")  # gzip may be padded
                if not raw:
                    return b""
                self._stream = zlib.decompressobj(self._wbits)
            if not raw:
                raise EOFError("zlib stream breaks off")
            if made := self._stream.decompress(raw, max(size, 1)):
                return made


COMPRESSED: tuple[tuple[bytes, Callable[[Any], Any]], ...] = (
    (b"\x1f\x8b", partial(_Zlib, wbits=31)),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ\x00", lzma.LZMAFile),
    (b"\x5d\x00", partial(lzma.LZMAFile, format=lzma.FORMAT_ALONE)),
    (b"\x78\x01", _Zlib),
    (b"\x78\x5e", _Zlib),
    (b"\x78\x9c", _Zlib),
    (b"\x78\xda", _Zlib),
)  # fmt: skip
