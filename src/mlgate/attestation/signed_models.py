"""Whether a model's files are those that somebody signed for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mlgate.attestation.keys import public_key
from mlgate.attestation.verifying import Attestation, Expected, verify
from mlgate.errors import AttestationRefused
from mlgate.opening import manifest


def verify_model(folder: Path, envelope: Path, keys: Sequence[Path], threshold: int = 1) -> Attestation:
    """The attestation in `envelope`, if `threshold` of the public keys signed it for exactly the files below `folder`.

    Whatever its verdict is, and whenever it was made. The envelope itself may lie among the files. Raises
    `AttestationRefused` with the first reason, `UsageError` for what is no public key.
    """
    files = manifest(folder)
    if envelope.resolve().is_relative_to(folder.resolve()):
        files.pop(envelope.resolve().relative_to(folder.resolve()).as_posix(), None)
    try:
        document = envelope.read_bytes()
    except OSError as error:
        raise AttestationRefused(f"it can't be read ({error.strerror}).") from error
    return verify(document, [public_key(key) for key in keys], threshold=threshold, expected=Expected(model=files))
