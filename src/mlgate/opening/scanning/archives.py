"""The members of zip and tar archives, with what is wrong about the archive itself."""

from __future__ import annotations

import struct
import tarfile
import zipfile
from collections.abc import Callable
from typing import IO, Any, cast

from mlgate.opening.scanning.documents import outside
from mlgate.opening.scanning.scanned import MOST_MEMBERS, Scanned
from mlgate.opening.scanning.streams import Reader
from mlgate.opening.scanning.walker import Bytes
from mlgate.results import Severity

Unpack = Callable[[Any, int, str], None]
"""Reads a member to its end and scans it: the open member, its packed size, its name."""
_DESCRIPTOR = 24
_LOCAL = 30


def scan_zip(data: Bytes, file: str, scanned: Scanned, unpack: Unpack) -> None:
    """Every member of a zip. Raises what `zipfile` raises for a damaged one."""
    with zipfile.ZipFile(cast(IO[bytes], Reader(data))) as archive:
        infos = archive.infolist()
        if len(infos) > MOST_MEMBERS:
            scanned.add(file, f"more than {MOST_MEMBERS:,} files, which no model needs.")
            return
        fault = _layout_fault(data, infos, archive.start_dir)
        if fault is not None:
            scanned.add(file, fault)
        if fault is not _OVERLAP:
            _Members(archive, infos, file, scanned, unpack).scan()


_OVERLAP = "members of the zip archive overlap, as in a bomb."


def _layout_fault(data: Bytes, infos: list[zipfile.ZipInfo], directory: int) -> str | None:
    """The members must lie one behind the other and fill the archive, or two programs read two archives in it."""
    at = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < at:
            return _OVERLAP
        if info.header_offset > at + _DESCRIPTOR * bool(at):
            return "bytes between the members of the zip archive, which nothing accounts for."
        name, extra = struct.unpack_from(
            "<HH", data[info.header_offset : info.header_offset + _LOCAL].ljust(_LOCAL), 26
        )
        at = info.header_offset + _LOCAL + name + extra + info.compress_size
    if len({info.filename for info in infos}) < len(infos):
        return "members of the same name in the zip archive, of which programs read different ones."
    return None if at <= directory <= at + _DESCRIPTOR * bool(at) else _OVERLAP if at > directory else (
        "bytes between the members of the zip archive, which nothing accounts for.")  # fmt: skip


class _Members:
    """The members of one zip; those of torch refer to each other."""

    def __init__(
        self, archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], file: str, scanned: Scanned, unpack: Unpack
    ) -> None:
        self._archive, self._file, self._scanned, self._unpack = archive, file, scanned, unpack
        self._infos = sorted(infos, key=lambda info: not _is_torch(info.filename))
        self._tensors: dict[str, int] = {}

    def scan(self) -> None:
        """Pickles of torch first, for they tell which members are tensors, and of what size."""
        for info in self._infos:
            check_name(self._file, info.filename, self._scanned)
            self._member(info)

    def _member(self, info: zipfile.ZipInfo) -> None:
        name = f"{self._file}!{info.filename}"
        if info.flag_bits & 1:
            self._scanned.add(name, "an encrypted member.")
            return
        if (info.external_attr >> 28) == 0xA:
            self._scanned.add(name, "a symbolic link in an archive.")
        if info.is_dir() and not info.file_size:
            return
        inside = f"/{info.filename}"
        if inside.endswith("/constants.pkl") or ("/code/" in inside and inside.endswith((".py", ".debug_pkl"))):
            self._scanned.add(
                name, "TorchScript code, which runs when the model is opened.", severity=Severity.CRITICAL
            )
        if info.filename in self._tensors and info.compress_type == zipfile.ZIP_STORED:
            if self._tensors[info.filename] == info.file_size:
                return  # bytes of a tensor, which torch reads as numbers whatever they are
            self._scanned.add(name, "a tensor of another size than its pickle says.")
        self._scanned.storages = {}
        with self._archive.open(info) as member:
            self._unpack(member, info.compress_size, name)
        if _is_torch(info.filename):
            folder = info.filename.removesuffix("data.pkl") + "data/"
            self._tensors |= {folder + key: size for key, size in self._scanned.storages.items()}


def _is_torch(name: str) -> bool:
    return name == "data.pkl" or name.endswith("/data.pkl")


def check_name(file: str, name: str, scanned: Scanned) -> None:
    """A member's path that leads out of the archive, or is none."""
    scanned.members += 1
    if outside(name) or not name.isprintable():
        scanned.add(file, f"a member with the path {name[:200]!a}, which leads out of its folder or is no name.")


def scan_tar(data: Bytes, file: str, scanned: Scanned, unpack: Unpack) -> None:
    """Every member of a tar. Raises what `tarfile` raises for a damaged one."""
    with tarfile.open(fileobj=cast(IO[bytes], Reader(data)), mode="r:") as archive:
        for member in archive:
            check_name(file, member.name, scanned)
            if scanned.members > MOST_MEMBERS:
                scanned.add(file, f"more than {MOST_MEMBERS:,} files, which no model needs.")
                return
            if member.issym() or member.islnk() or member.isdev():
                scanned.add(f"{file}!{member.name}", "a link or a device in an archive.")
            elif member.isfile() and (inside := archive.extractfile(member)) is not None:
                with inside:
                    unpack(inside, len(data), f"{file}!{member.name}")


def is_old_tar(data: Bytes) -> bool:
    """A tar without magic: its checksum alone tells."""
    header = bytes(data[:512])
    try:
        said = int(header[148:156].strip(b"\x00 ") or b"x", 8)
    except ValueError:
        return False
    return len(header) == 512 and said == sum(header[:148]) + 256 + sum(header[156:])
