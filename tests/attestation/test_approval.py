"""An approval is for one verdict, one version, one alias of one registry; anything else has its own sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mlgate import AttestationRefused, Move, RegisteredVersion
from mlgate.attestation import approval, signing_key

RECORD, FILES, OTHER = (f"sha256:{two * 32}" for two in ("5c", "ab", "00"))
SEVEN = RegisteredVersion("loan", "7", "models:/loan/7", created="1764316800000")
MOVE = Move(SEVEN, "champion", None, 3, "bank")


@pytest.fixture
def envelope(key: Path) -> bytes:
    return approval.approve(MOVE, RECORD, FILES, [signing_key(str(key))], actor="ann", comment="looked at it")


def refusal(envelope: bytes, keys: list[Any], **asked: Any) -> str:
    parts = {"move": MOVE, "record": RECORD, "digest": FILES, **asked}
    with pytest.raises(AttestationRefused) as caught:
        approval.unseal_approval(envelope, keys).examine(**parts)
    return str(caught.value)


def test_it_approves_of_one_verdict(envelope: bytes, trusted: list[Any]) -> None:
    """Whoever holds the alias then: that is the verdict's business."""
    found = approval.unseal_approval(envelope, trusted)
    found.examine(replace(MOVE, generation=9, expected=SEVEN), RECORD, FILES)
    assert (found.predicate["actor"], found.predicate["comment"]) == ("ann", "looked at it")


OTHERS: dict[str, tuple[dict[str, Any], str]] = {
    "verdict": ({"record": OTHER}, "it approves of another verdict."),
    "files": ({"digest": OTHER}, "it approves of other files."),
    "registry": ({"move": replace(MOVE, registry="lab")}, "it is for the registry 'bank', and this is 'lab'."),
    "workspace": ({"move": replace(MOVE, workspace="a")}, "it is for the workspace None, and this is 'a'."),
    "alias": ({"move": replace(MOVE, alias="test")}, "it is for the alias 'champion', and this is 'test'."),
    "made again": (
        {"move": replace(MOVE, version=replace(SEVEN, created="1"))},
        "it is for version 7 of loan, created otherwise.",
    ),
    "too old": (
        {"max_age": timedelta(days=1), "now": datetime.now(UTC) + timedelta(days=2)},
        "it is too old.",
    ),
    "from the future": ({"now": datetime.now(UTC) - timedelta(hours=1)}, "it was made in the future."),
}


@pytest.mark.parametrize(("asked", "said"), OTHERS.values(), ids=OTHERS)
def test_anything_else_is_refused(envelope: bytes, trusted: list[Any], asked: dict[str, Any], said: str) -> None:
    """Each in its own words."""
    assert refusal(envelope, trusted, **asked) == said


def test_a_changed_approval_is_refused(envelope: bytes, trusted: list[Any]) -> None:
    """As every envelope."""
    with pytest.raises(AttestationRefused):
        approval.unseal_approval(envelope.replace(b'"sig":"', b'"sig":"A', 1), trusted)


def test_in_toto_reads_the_statement(envelope: bytes, trusted: list[Any]) -> None:
    """in-toto's own library takes it for a valid statement."""
    from google.protobuf.json_format import ParseDict
    from in_toto_attestation.v1.statement import Statement
    from in_toto_attestation.v1.statement_pb2 import Statement as Message

    found = approval.unseal_approval(envelope, trusted)
    Statement.copy_from_pb(ParseDict(dict(found.statement), Message())).validate()
