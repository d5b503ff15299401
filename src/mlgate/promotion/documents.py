"""The documents that a version has in its registry: what they are called, and their digests."""

from __future__ import annotations

import hashlib

RECORD, ATTESTATION = "record", "attestation"
_APPROVAL = "approval-"


def digest_of(document: bytes) -> str:
    """`sha256:...`, as the ledger and what is signed name documents."""
    return f"sha256:{hashlib.sha256(document).hexdigest()}"


def approval_by(keyid: str) -> str:
    """The name of an approval: one per key, so that a newer one takes the place of an older one."""
    return f"{_APPROVAL}{keyid[:16]}"


def is_approval(name: str) -> bool:
    """Whether a document is one."""
    return name.startswith(_APPROVAL)
