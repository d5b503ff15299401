"""DSSE envelopes: nothing of the payload is read before the signatures hold.

https://github.com/secure-systems-lab/dsse. Envelopes are written in one canonical form, and only that form is read:
so a changed byte anywhere is a refusal, not a matter of how lenient a parser is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mlgate.attestation.library import library
from mlgate.errors import AttestationRefused

if TYPE_CHECKING:
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import CryptoSigner, SSlibKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MOST_BYTES = 64 << 20
"""A statement names every file of a model: 100,000 files are some 20 MiB."""


def seal(statement: dict[str, Any], signers: Sequence[CryptoSigner]) -> bytes:
    """The envelope of a statement, signed by every signer."""
    library()
    from securesystemslib.dsse import Envelope

    envelope = Envelope(_canonical(statement), PAYLOAD_TYPE, {})
    for signer in signers:
        envelope.sign(signer)
    return _written(envelope)


def unseal(document: bytes, keys: Sequence[SSlibKey], threshold: int = 1) -> dict[str, Any]:
    """The payload of an envelope that `threshold` of the keys have signed. Raises `AttestationRefused`.

    A signature that names one of the keys and does not hold refuses all of it; one of a stranger counts for nothing.
    """
    envelope = _read(document)
    good = [key for key in keys if _holds(envelope, key)]
    if len({key.keyid for key in good}) < threshold:
        signed = ", ".join(sorted(keyid[:12] for keyid in envelope.signatures)) or "nobody"
        raise AttestationRefused(
            f"{len(good)} of the given keys signed it, and {threshold} must have. It is signed by {signed}.",
            hint="Name the public keys that you trust with --key.",
        )
    try:
        payload = json.loads(envelope.payload)
    except ValueError as error:
        raise AttestationRefused("what was signed is no JSON.") from error
    if not isinstance(payload, dict):
        raise AttestationRefused("what was signed is no statement.")
    return payload


def key_ids(document: bytes | None) -> frozenset[str]:
    """Whose signatures an envelope claims to bear; none of them is looked at. Nobody's where it is no envelope."""
    try:
        return frozenset() if document is None else frozenset(_read(document).signatures)
    except AttestationRefused:
        return frozenset()


def _read(document: bytes) -> Envelope:
    library()
    from securesystemslib.dsse import Envelope

    if len(document) > MOST_BYTES:
        raise AttestationRefused(f"it is larger than {MOST_BYTES >> 20} MiB.")
    try:
        envelope = Envelope.from_dict(json.loads(document))
    except Exception as error:  # the library raises whatever the first odd field makes it raise
        raise AttestationRefused("it is no DSSE envelope.", hint="`mlgate sign` writes one.") from error
    if envelope.payload_type != PAYLOAD_TYPE:
        raise AttestationRefused(f"its payload is of type {envelope.payload_type!r}, not {PAYLOAD_TYPE!r}.")
    if _written(envelope) != document:
        raise AttestationRefused("it is not in the form in which envelopes are written: somebody changed it.")
    return envelope


def _holds(envelope: Envelope, key: SSlibKey) -> bool:
    from securesystemslib.exceptions import UnverifiedSignatureError

    signature = envelope.signatures.get(key.keyid)
    if signature is None:
        return False
    try:
        key.verify_signature(signature, envelope.pae())
    except UnverifiedSignatureError as error:
        raise AttestationRefused(
            f"the signature of the key {key.keyid[:12]} does not hold: envelope or payload were changed."
        ) from error
    return True


def _written(envelope: Envelope) -> bytes:
    return _canonical(envelope.to_dict()) + b"\n"


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
