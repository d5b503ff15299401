"""What an authorization rests on, looked at again: the signed verdict, or the entry that a rollback goes back to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from mlgate import (
    Attestation,
    AttestationRefused,
    Authorization,
    AuthorizationKind,
    Entry,
    EventKind,
    Expected,
    Judged,
    Move,
    RegisteredVersion,
    overruling,
    verify,
)
from mlgate_mlflow_guard.files import Files
from mlgate_mlflow_guard.policy import Demand
from mlgate_mlflow_guard.refusing import Refused, Rule

if TYPE_CHECKING:
    from securesystemslib.signer import SSlibKey


def sha256(document: str) -> str:
    """The digest of a document, as `sha256:...`."""
    return f"sha256:{hashlib.sha256(document.encode()).hexdigest()}"


def demand_verdict(
    found: Authorization, move: Move, attestation: str | None, keys: Sequence[SSlibKey], expected: Expected
) -> Attestation:
    """The signed verdict that was authorized. Raises `Refused` unless the version bears it, passed and fresh."""
    uri = move.version.uri
    judge = f"Judge it with a key: `mlgate run --model {uri} --sign KEY`, then promote again."
    named = found.evidence.get("attestation")
    if named is None:
        raise Refused(Rule.ATTESTATION, f"the authorization for {uri} names no signed verdict.", judge)
    if attestation is None or sha256(attestation) != named:
        raise Refused(Rule.ATTESTATION, f"the signed verdict that was authorized is not on {uri}.", judge)
    try:
        verdict = verify(attestation.encode(), keys, expected=expected)
    except AttestationRefused as error:
        raise Refused(
            Rule.ATTESTATION, f"the signed verdict on {uri} does not count: {error.message}", judge
        ) from error
    if not verdict.passed:
        raise Refused(Rule.ATTESTATION, f"the signed verdict on {uri} is a denial.", judge)
    return verdict


def demand_last(verdict: Attestation, version: RegisteredVersion, verdicts: Iterable[Entry]) -> None:
    """Raises `Refused` where the ledger knows a later signed verdict that is a denial."""
    judged = Judged(version.version, version.created, verdict.gate, verdict.record, verdict.time)
    later = overruling(verdicts, judged)
    if later is not None:
        raise Refused(
            Rule.ATTESTATION,
            f"a later verdict on {version.uri}, of a run at {later.time}, is {later.reason}.",
            f"Mend what that one found, then judge again: `mlgate run --model {version.uri} --sign KEY`.",
        )


def demand_history(move: Move, entry: Entry | None, first: Entry | None, files: Files) -> None:
    """Raises `Refused` unless the ledger says that these files held the alias lawfully."""
    if entry is not None and (_was_promoted(entry, move, files) or _was_found(entry, first, move, files)):
        return
    name = move.version.name
    raise Refused(
        Rule.AUTHORIZATION,
        f"no entry of the ledger says that {move.version.uri} with these files held {move.alias} lawfully.",
        f"`mlgate history {name}` shows what did; another version has to be promoted.",
    )


def _was_promoted(entry: Entry, move: Move, files: Files) -> bool:
    """Whether the entry promoted this version with these files."""
    return (
        entry.kind is EventKind.PROMOTION
        and (entry.alias, entry.version, entry.created) == (move.alias, move.version.version, move.version.created)
        and entry.digests.get("model") == files.digest
    )


def _was_found(entry: Entry, first: Entry | None, move: Move, files: Files) -> bool:
    """Whether the version held the alias when the ledger began, and the first verdict knew these files."""
    return (
        first is not None
        and entry.hash == first.hash
        and entry.moved_from == move.version.version
        and entry.digests.get("champion") == files.digest
    )


def refuse_kind(found: Authorization, demand: Demand, move: Move) -> None:
    """Raises `Refused` where the glass is broken and may not be, or without a reason."""
    if found.kind is not AuthorizationKind.BREAK_GLASS:
        return
    if not demand.break_glass:
        raise Refused(
            Rule.BREAK_GLASS,
            f"breaking the glass is forbidden for {move.version.name}@{move.alias}.",
            "Promote on a verdict; whoever may change the guard's configuration may set break_glass = true.",
        )
    if not (found.reason or "").strip():
        raise Refused(
            Rule.BREAK_GLASS, "breaking the glass needs a reason that others can read.", '--break-glass "why"'
        )
