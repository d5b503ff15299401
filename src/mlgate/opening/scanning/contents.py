"""One file's bytes, known by their content: containers are unpacked within a budget, all else is read as it is."""

from __future__ import annotations

import codecs
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from mmap import ACCESS_READ, mmap
from tempfile import TemporaryFile
from typing import Any

from mlgate.opening.scanning import documents, hdf5, onnx
from mlgate.opening.scanning.archives import is_old_tar, scan_tar, scan_zip
from mlgate.opening.scanning.json_models import scan_config, scan_json
from mlgate.opening.scanning.pickles import LONGEST_WRAPPED, find_starts, scan_pickles, unwrap
from mlgate.opening.scanning.scanned import DEEPEST, MOST_UNPACKED, Scanned
from mlgate.opening.scanning.streams import CHUNK, COMPRESSED, Reader
from mlgate.opening.scanning.ubjson import is_ubjson
from mlgate.opening.scanning.walker import Bytes

_FREE = 64 << 20
_STEEPEST = 100
_LZ4 = b"\x04\x22\x4d\x18"
_PERSISTENT = b"P"  # no loader takes a persistent id for its first word, and every zip begins with one
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_KERAS = ("model_config", "training_config")
_SPOILT = (OSError, EOFError, lzma.LZMAError, zlib.error, zipfile.BadZipFile, tarfile.TarError, ValueError,
           RuntimeError, NotImplementedError, MemoryError, KeyError, OverflowError, IndexError)  # fmt: skip


def scan_file(data: Bytes, file: str, scanned: Scanned) -> None:
    """Adds the findings of one file, which may unpack to 64 MiB and a hundred times its size."""
    _Content(data, file, scanned, scanned.unpacked + min(_FREE + _STEEPEST * len(data), MOST_UNPACKED)).scan()


@dataclass(frozen=True, slots=True)
class _Content:
    """The bytes of a file, or of a member of an archive; `most` is when the budget of unpacked bytes is spent."""

    data: Bytes
    file: str
    scanned: Scanned
    most: int
    depth: int = 0

    def scan(self) -> None:
        """Every reading of the bytes that a program could choose counts, not the first that fits."""
        if self.depth > DEEPEST:
            self._add("archives nested deeper than any model needs.")
        elif len(self.data):
            known = self._archive()
            known = self._zip_behind(known) or known
            known = self._hdf5() or known
            if self._document() or known:
                self._pickle_as_well()
            else:
                self._other()

    def _add(self, message: str, offset: int | None = None) -> None:
        self.scanned.add(self.file, message, offset=offset)

    def _archive(self) -> bool:
        for magic, opened in COMPRESSED:
            if self.data[: len(magic)] == magic:
                self._damaged_is_told("compressed data", self._decompress, opened)
                return True
        if self.data[:4] in _ZIP:
            self._damaged_is_told("zip archive", scan_zip, self.data, self.file, self.scanned, self._unpack)
            return True
        if self.data[257:262] == b"ustar" or is_old_tar(self.data):
            self._damaged_is_told("tar archive", scan_tar, self.data, self.file, self.scanned, self._unpack)
            scan_json(self.data, self.file, self.scanned)  # a checksum of eight digits fits into any text
            return True
        return False

    def _zip_behind(self, known: bool) -> bool:
        """A zip is found from its end, whatever stands before it."""
        if self.data[:4] in _ZIP or b"PK\x05\x06" not in self.data[-66_000:]:
            return False
        if zipfile.is_zipfile(Reader(self.data)):
            self._add("a zip archive behind other bytes, so that programs read different things.")
            self._damaged_is_told("zip archive", scan_zip, self.data, self.file, self.scanned, self._unpack)
        return known

    def _damaged_is_told(self, what: str, read: Callable[..., None], *arguments: Any) -> None:
        try:
            read(*arguments)
        except _SPOILT:
            self._add(f"the {what} is damaged, encrypted or breaks off.")
            find_starts(self.data, 0, self.file, self.scanned)

    def _decompress(self, opened: Callable[[Any], Any]) -> None:
        with opened(Reader(self.data)) as stream:
            self._unpack(stream, len(self.data), f"{self.file}!")

    def _unpack(self, stream: Any, packed: int, name: str) -> None:
        """Small members in memory; a large one goes to a nameless temporary file, so that it costs no memory."""
        first = stream.read(CHUNK)
        self.scanned.unpacked += len(first)
        inside = replace(self, data=first, file=name, depth=self.depth + 1)
        if self.scanned.unpacked > self.most:
            inside._add("unpacks to more than any model needs (a bomb).")
        elif len(first) < CHUNK and not (second := stream.read(CHUNK)):
            inside.scan()
        else:
            self._spool(first if len(first) == CHUNK else first + second, stream, packed, inside)

    def _spool(self, first: bytes, stream: Any, packed: int, inside: _Content) -> None:
        size, piece = 0, first
        with TemporaryFile() as spool:
            try:
                while piece:
                    size += len(piece)
                    if self.scanned.unpacked > self.most or (size > _FREE and size > _STEEPEST * max(packed, 1)):
                        inside._add("unpacks to more than any model needs (a bomb).")
                        return
                    spool.write(piece)
                    piece = stream.read(CHUNK)
                    self.scanned.unpacked += len(piece)
            finally:
                spool.flush()
                if size and self.scanned.unpacked <= self.most:
                    with mmap(spool.fileno(), 0, access=ACCESS_READ) as content:
                        replace(inside, data=content).scan()

    def _hdf5(self) -> bool:
        base = hdf5.signature_at(self.data)
        if base is None:
            return False
        if base:
            self._add("an HDF5 file behind other bytes, so that programs read different things.", base)
        try:
            attributes = hdf5.root_attributes(self.data, base)
        except hdf5.UnreadHDF5 as error:
            self._add(f"an HDF5 file whose attributes can't be read: {error}.", base)
        else:
            for name in _KERAS:
                if name in attributes:
                    scan_config(attributes[name], self.file, self.scanned)
        find_starts(self.data, 0, self.file, self.scanned)
        return True

    def _document(self) -> bool:
        if self.data[:6] == b"\x93NUMPY":
            documents.scan_npy(self.data, self.file, self.scanned)
        elif self.data[:4] == _LZ4:
            self._add("compressed with lz4, which is not read here: save it with gzip, bz2, xz or zlib.")
        elif onnx.is_onnx(self.data):
            onnx.scan_onnx(self.data, self.file, self.scanned)
            return self.data[:1] == b"\x08" and not scan_pickles(self.data, self.file, self.scanned)
        else:
            return documents.scan_safetensors(self.data, self.file, self.scanned) or is_ubjson(self.data)
        return True

    def _pickle_as_well(self) -> None:
        """A safetensors or tar may begin like a pickle, which steps over their headers to what they call numbers."""
        if self.data[:1] != _PERSISTENT:
            scan_pickles(self.data, self.file, self.scanned, likely=False)

    def _other(self) -> None:
        if scan_pickles(self.data, self.file, self.scanned):
            return
        if not _is_text(self.data):
            self.scanned.unknown.append(self.file)
            find_starts(self.data, 0, self.file, self.scanned)
            return
        scan_json(self.data, self.file, self.scanned)
        inside = unwrap(self.data[:]) if len(self.data) <= LONGEST_WRAPPED else None
        if inside is not None:
            before = self.scanned.count
            replace(self, data=inside, file=f"{self.file} (decoded)", depth=self.depth + 1).scan()
            if self.scanned.count == before:
                self._add("base64 or hex text that nothing here accounts for.")


def _is_text(data: Bytes) -> bool:
    """UTF-8 without a NUL, read piece by piece."""
    if data.find(b"\x00") >= 0:
        return False
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for begin in range(0, len(data), CHUNK):
            decoder.decode(data[begin : begin + CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
