"""Sign the verdict of a record, after the model's files were looked at again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mlgate.attestation.envelope import seal
from mlgate.attestation.statement import statement_of
from mlgate.results.record_json import from_json

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner


def attest(document: bytes, manifest: Mapping[str, str], signers: Sequence[CryptoSigner]) -> bytes:
    """The signed envelope of a record. `manifest` is the SHA-256 of every file of the model as it is now.

    Raises `CheckError` where they are not those that the record is about, `RecordError` for what is no record.
    """
    return seal(statement_of(from_json(document), document, manifest), signers)
