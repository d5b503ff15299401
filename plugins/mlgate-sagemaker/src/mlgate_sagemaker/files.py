"""The files of a package: one object in S3, unpacked where it is a tar, as SageMaker's containers do."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

from mlgate import RegistryError
from mlgate_sagemaker.client import answering, s3
from mlgate_sagemaker.store import split

MOST_FILES = 10_000
MOST_BYTES = 64 << 30


def download(uri: str, folder: Path) -> Path:
    """The object, or the folder of what its tar holds. Raises `RegistryError`."""
    bucket, key = split(uri)
    target = folder / Path(key).name
    with answering(f"{uri} can't be downloaded"):
        s3().download_file(bucket, key, str(target))
    return _unpacked(target, folder / "files", uri) if key.endswith((".tar.gz", ".tgz", ".tar")) else target


def _bounded(tar: tarfile.TarFile, uri: str) -> Iterator[tarfile.TarInfo]:
    """The members, as they come; a bomb is refused at the member that goes too far, before that one is written."""
    size = 0
    for count, member in enumerate(tar, 1):
        size += member.size
        if count > MOST_FILES or size > MOST_BYTES:
            raise RegistryError(
                f"{uri} holds more than {MOST_FILES:,} files or {MOST_BYTES >> 30} GiB.",
                hint="Register the model without what it does not need.",
            )
        yield member


def _unpacked(archive: Path, folder: Path, uri: str) -> Path:
    """Never outside the folder: the filter refuses such names and links."""
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, members=_bounded(tar, uri), filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise RegistryError(f"{uri} can't be unpacked: {error}.", hint="Pack the model again.") from error
    return folder
