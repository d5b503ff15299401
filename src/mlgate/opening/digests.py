"""The digest that binds a verdict to the bytes of a model, and to nothing else."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from mlgate.errors import ModelError
from mlgate.opening.files import regular_files


def digest(path: Path) -> str:
    """`sha256:...` over the contents and names of all files below `path`: in-toto's `dirHash`.

    https://github.com/in-toto/attestation/blob/main/spec/v1/digest_set.md#dirhash. A single file is a folder of
    one. Left out is one file, `registered_model_meta` at the root, which MLflow writes on loading. Raises
    `ModelError` where there is nothing at `path`, or something that can't be bound.
    """
    return digest_of_manifest(manifest(path))


def manifest(path: Path) -> dict[str, str]:
    """The SHA-256 in hexadecimal of every file that `digest` covers, by its path below `path`. Raises `ModelError`."""
    root = Path(path).resolve()
    if not root.exists():
        raise ModelError(f"There is no file or folder {path}.")
    return {name: _sha256(file) for name, file in regular_files(root)}


def digest_of_manifest(manifest: Mapping[str, str]) -> str:
    """The digest of files given as relative path and SHA-256 in hexadecimal; sorted by the bytes of the path."""
    summary = hashlib.sha256()
    for name in sorted(manifest, key=os.fsencode):
        summary.update(manifest[name].encode("ascii") + b"  " + os.fsencode(name) + b"\n")
    return f"sha256:{summary.hexdigest()}"


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"The model's file {file} can't be read ({error.strerror}).") from error
