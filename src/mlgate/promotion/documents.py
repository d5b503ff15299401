"""The documents that a version has in its registry: what they are called."""

from __future__ import annotations

RECORD, ATTESTATION = "record", "attestation"
_APPROVAL = "approval-"


def approval_by(keyid: str) -> str:
    """The name of an approval: one per key, so that a newer one takes the place of an older one."""
    return f"{_APPROVAL}{keyid[:16]}"


def is_approval(name: str) -> bool:
    """Whether a document is one."""
    return name.startswith(_APPROVAL)
