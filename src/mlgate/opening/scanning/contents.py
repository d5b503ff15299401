"""One file's bytes, known by their content: containers are unpacked within a budget, all else is read as it is."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from mmap import ACCESS_READ, mmap
from tempfile import TemporaryFile
from typing import IO, Any, cast

from mlgate.opening.scanning import documents
from mlgate.opening.scanning.pickles import find_starts, scan_pickles, unwrap
from mlgate.opening.scanning.scanned import DEEPEST, MOST_MEMBERS, MOST_UNPACKED, Scanned
from mlgate.opening.scanning.walker import Bytes
from mlgate.results import Severity

_CHUNK = 1 << 20
_FREE = 64 << 20
_STEEPEST = 200
_LZ4 = b"\x04\x22\x4d\x18"
_HDF5 = b"\x89HDF\r\n\x1a\n"
_SPOILT = (OSError, EOFError, lzma.LZMAError, zlib.error, zipfile.BadZipFile, tarfile.TarError, ValueError,
           RuntimeError, NotImplementedError, MemoryError, KeyError, OverflowError)  # fmt: skip


class _Zlib(io.RawIOBase):
    """A zlib stream as a file that decompresses as it is read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._stream = source, zlib.decompressobj()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while not self._stream.eof:
            raw = self._stream.unconsumed_tail or self._source.read(_CHUNK)
            if not raw:
                raise EOFError("zlib stream breaks off")
            if made := self._stream.decompress(raw, max(size, 1)):
                return made
        return b""


class _Reader(io.RawIOBase):
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
        end = len(self._data) if size is None or size < 0 else self._at + size
        taken = self._data[self._at : end]
        self._at += len(taken)
        return taken


_COMPRESSED: tuple[tuple[bytes, Callable[[Any], Any]], ...] = (
    (b"\x1f\x8b", lambda raw: gzip.GzipFile(fileobj=raw)),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ\x00", lzma.LZMAFile),
    (b"\x5d\x00\x00", partial(lzma.LZMAFile, format=lzma.FORMAT_ALONE)),
    (b"\x78\x01", _Zlib),
    (b"\x78\x5e", _Zlib),
    (b"\x78\x9c", _Zlib),
    (b"\x78\xda", _Zlib),
)  # fmt: skip


def scan_bytes(data: Bytes, file: str, scanned: Scanned, depth: int = 0) -> None:
    """Adds the findings of one file, or of one member of an archive."""
    if depth > DEEPEST:
        scanned.add(file, "archives nested deeper than any model needs.")
    elif len(data) and not (_container(data, file, scanned, depth) or _document(data, file, scanned)):
        _other(data, file, scanned, depth)


def _container(data: Bytes, file: str, scanned: Scanned, depth: int) -> bool:
    for magic, opened in _COMPRESSED:
        if data[: len(magic)] == magic:
            _unpack(opened, data, file, scanned, depth)
            return True
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        _zip(data, file, scanned, depth)
        return True
    if data[257:262] == b"ustar" or _old_tar(data):
        _tar(data, file, scanned, depth)
        return True
    if b"PK\x05\x06" in data[-66_000:]:  # a zip behind other bytes: both readings count
        _zip(data, file, scanned, depth)
    return False


def _document(data: Bytes, file: str, scanned: Scanned) -> bool:
    if data[:6] == b"\x93NUMPY":
        documents.scan_npy(data, file, scanned)
    elif data[:4] == _LZ4:
        scanned.add(file, "compressed with lz4, which is not read here.")
    elif data[:8] == _HDF5:
        if b"Lambda" in data[:]:
            scanned.add(file, "an HDF5 model with a Keras Lambda layer.", severity=Severity.CRITICAL, name="Lambda")
        find_starts(data, 0, file, scanned)
    elif documents.is_onnx(data):
        documents.scan_onnx(data, file, scanned)
    else:
        return documents.scan_safetensors(data, file, scanned)
    return True


def _other(data: Bytes, file: str, scanned: Scanned, depth: int) -> None:
    if scan_pickles(data, file, scanned):
        return
    if _is_text(data):
        documents.scan_json(data, file, scanned)
        inside = unwrap(data[:]) if len(data) < _FREE else None
        if inside is not None:
            before = len(scanned.findings)
            scan_bytes(inside, f"{file} (decoded)", scanned, depth + 1)
            if len(scanned.findings) == before:
                scanned.add(file, "base64 or hex text that nothing here accounts for.", severity=Severity.MEDIUM)
        return
    scanned.add(file, "content of no known format.", severity=Severity.HIGH, offset=0)
    find_starts(data, 0, file, scanned)


def _is_text(data: Bytes) -> bool:
    try:
        bytes(data[:_FREE]).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(data) <= _FREE and data.find(b"\x00") < 0


def _unpack(opened: Callable[[Any], Any], data: Bytes, file: str, scanned: Scanned, depth: int) -> None:
    try:
        with opened(_Reader(data)) as stream:
            _spooled(stream, len(data), f"{file}!", scanned, depth)
    except _SPOILT:
        scanned.add(file, "the compressed data is damaged or breaks off.")
        find_starts(data, 0, file, scanned)


def _spooled(stream: Any, packed: int, file: str, scanned: Scanned, depth: int) -> None:
    """Unpacks to a nameless temporary file, so that a large member costs no memory, and scans what came out."""
    size = 0
    with TemporaryFile() as spool:
        try:
            while piece := stream.read(_CHUNK):
                size += len(piece)
                scanned.unpacked += len(piece)
                if scanned.unpacked > MOST_UNPACKED or (size > _FREE and size > _STEEPEST * max(packed, 1)):
                    scanned.add(file, "unpacks to more than any model needs (a bomb).")
                    return
                spool.write(piece)
        finally:
            spool.flush()
            if size:
                with mmap(spool.fileno(), size, access=ACCESS_READ) as content:
                    scan_bytes(content, file, scanned, depth + 1)


def _member(file: str, name: str, scanned: Scanned) -> bool:
    scanned.members += 1
    if documents.outside(name) or "\n" in name or "\x00" in name:
        scanned.add(file, f"a member with the path {name[:200]!r}, which leads out of its folder or is no name.")
    if scanned.members > MOST_MEMBERS:
        scanned.add(file, f"more than {MOST_MEMBERS:,} files, which no model needs.")
        return False
    return True


def _zip(data: Bytes, file: str, scanned: Scanned, depth: int) -> None:
    try:
        with zipfile.ZipFile(cast(IO[bytes], _Reader(data))) as archive:
            for info in archive.infolist():
                if not _member(file, info.filename, scanned):
                    return
                _zip_member(archive, info, file, scanned, depth)
    except _SPOILT:
        scanned.add(file, "the zip archive is damaged, encrypted or breaks off.")
        find_starts(data, 0, file, scanned)


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: str, scanned: Scanned, depth: int) -> None:
    name = f"{file}!{info.filename}"
    if info.flag_bits & 1:
        scanned.add(name, "an encrypted member.")
        return
    if (info.external_attr >> 28) == 0xA:
        scanned.add(name, "a symbolic link in an archive.")
    if info.is_dir() and not info.file_size:
        return
    if "/code/" in f"/{info.filename}" and info.filename.endswith((".py", ".py.debug_pkl")):
        scanned.add(name, "TorchScript code, which runs when the model is opened.", severity=Severity.CRITICAL)
    raw_tensor = "/data/" in info.filename and info.compress_type == zipfile.ZIP_STORED
    if raw_tensor and any(each.endswith("/data.pkl") for each in (archive.namelist()[:50])):
        return  # bytes of a tensor, which torch reads as numbers whatever they are
    with archive.open(info) as member:
        _spooled(member, info.compress_size, name, scanned, depth)


def _old_tar(data: Bytes) -> bool:
    """A tar without magic: its checksum alone tells."""
    header = bytes(data[:512])
    try:
        said = int(header[148:156].strip(b"\x00 ") or b"x", 8)
    except ValueError:
        return False
    return len(header) == 512 and said == sum(header[:148]) + 256 + sum(header[156:])


def _tar(data: Bytes, file: str, scanned: Scanned, depth: int) -> None:
    try:
        with tarfile.open(fileobj=cast(IO[bytes], _Reader(data)), mode="r:") as archive:
            for member in archive:
                if not _member(file, member.name, scanned):
                    return
                if member.issym() or member.islnk() or member.isdev():
                    scanned.add(f"{file}!{member.name}", "a link or a device in an archive.")
                elif member.isfile() and (inside := archive.extractfile(member)) is not None:
                    with inside:
                        _spooled(inside, len(data), f"{file}!{member.name}", scanned, depth)
    except _SPOILT:
        scanned.add(file, "the tar archive is damaged or breaks off.")
        find_starts(data, 0, file, scanned)
