"""The authorization: good for one move, and each other move is refused with its own sentence."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mlgate import AttestationRefused, AuthorizationKind, Move, RegisteredVersion, Warrant
from mlgate.attestation import (
    AUTHORIZATION_SCHEMA,
    authorize,
    generate,
    public_key,
    signing_key,
    unseal_authorization,
)
from mlgate.attestation.envelope import seal

NOW = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
DIGEST = f"sha256:{'ab' * 32}"
SEVEN = RegisteredVersion("loan", "7", "models:/loan/7", created="1764316800000")
FIVE = RegisteredVersion("loan", "5", "models:/loan/5", created="1764230400000")
MOVE = Move(SEVEN, "champion", FIVE, 3, "bank", "credit")
WARRANT = Warrant(AuthorizationKind.PROMOTION, "ci", {"attestation": f"sha256:{'5c' * 32}"}, issued=NOW)
AGAIN = "Promote again: `mlgate promote models:/loan/7 --to champion`."


@pytest.fixture
def signed(key: Path) -> Callable[..., bytes]:
    """An envelope for MOVE by WARRANT, unless said otherwise."""
    return lambda move=MOVE, warrant=WARRANT: authorize(move, DIGEST, warrant, [signing_key(str(key))])


def statement(envelope: bytes) -> Any:
    return json.loads(base64.b64decode(json.loads(envelope)["payload"]))


def refusal(envelope: bytes, keys: list[Any], move: Move = MOVE, **asked: Any) -> str:
    with pytest.raises(AttestationRefused) as caught:
        unseal_authorization(envelope, keys).examine(move, **{"now": NOW, "digest": DIGEST, **asked})
    return str(caught.value)


def test_it_allows_the_move_that_it_names(signed: Callable[..., bytes], trusted: list[Any]) -> None:
    """And says who lets it happen, on which grounds."""
    found = unseal_authorization(signed(), trusted)
    found.examine(MOVE, digest=DIGEST, now=NOW)
    assert (found.kind, found.actor, found.uri, found.digest) == ("promotion", "ci", "models:/loan/7", DIGEST)
    assert found.evidence == {"attestation": f"sha256:{'5c' * 32}"}
    assert found.not_after - found.not_before == timedelta(minutes=10)


def test_the_statement_has_the_published_form(signed: Callable[..., bytes]) -> None:
    """Field by field; the nonce is another one each time."""
    first, second = statement(signed()), statement(signed())
    Draft202012Validator(AUTHORIZATION_SCHEMA).validate(first)
    nonces = [each["predicate"].pop("nonce") for each in (first, second)]
    assert nonces[0] != nonces[1]
    assert (
        first
        == second
        == {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": "models:/loan/7", "digest": {"dirHash": "ab" * 32}}],
            "predicateType": "urn:mlgate:promotion-authorization:v1",
            "predicate": {
                "kind": "promotion",
                "registry": "bank",
                "workspace": "credit",
                "model": "loan",
                "version": "7",
                "created": "1764316800000",
                "alias": "champion",
                "expected": {"version": "5", "created": "1764230400000"},
                "generation": 3,
                "notBefore": "2026-11-28T08:00:00Z",
                "notAfter": "2026-11-28T08:10:00Z",
                "evidence": [{"name": "attestation", "digest": {"sha256": "5c" * 32}}],
                "actor": "ci",
            },
        }
    )


def test_in_toto_reads_the_statement(signed: Callable[..., bytes]) -> None:
    """in-toto's own library takes it for a valid statement."""
    from google.protobuf.json_format import ParseDict
    from in_toto_attestation.v1.statement import Statement
    from in_toto_attestation.v1.statement_pb2 import Statement as Message

    message = Statement.copy_from_pb(ParseDict(statement(signed()), Message()))
    message.validate()


AGO = "Promote again: `mlgate promote models:/loan/7 --to champion`."
OTHERS = {
    "registry": (replace(MOVE, registry="lab"), f"it is for the registry 'bank', and this is 'lab'. {AGAIN}"),
    "workspace": (replace(MOVE, workspace=None), f"it is for the workspace 'credit', and this is none. {AGAIN}"),
    "model": (
        replace(MOVE, version=replace(SEVEN, name="loans")),
        f"it is for the model 'loan', and this is 'loans'. {AGAIN}",
    ),
    "alias": (
        replace(MOVE, alias="Champion"),
        "it is for the alias 'champion', and this is 'Champion'. "
        "Promote again: `mlgate promote models:/loan/7 --to Champion`.",
    ),
    "version": (
        replace(MOVE, version=replace(SEVEN, version="8")),
        f"it is for version 7 of loan, not for version 8. {AGAIN}",
    ),
    "made again": (
        replace(MOVE, version=replace(SEVEN, created="1764320400000")),
        "models:/loan/7 was deleted and made again since: it is for the one created at 1764316800000, and this one "
        "was created at 1764320400000. Judge the new one: `mlgate run --model models:/loan/7`.",
    ),
    "holder": (
        replace(MOVE, expected=replace(FIVE, version="6")),
        "it takes loan@champion from version 5 (created at 1764230400000), and now version 6 (created at "
        "1764230400000) holds it. Compare with that one: `mlgate run --model models:/loan/7`.",
    ),
    "holder made again": (
        replace(MOVE, expected=replace(FIVE, created="1764320400000")),
        "it takes loan@champion from version 5 (created at 1764230400000), and now version 5 (created at "
        "1764320400000) holds it. Compare with that one: `mlgate run --model models:/loan/7`.",
    ),
    "nobody": (
        replace(MOVE, expected=None),
        "it takes loan@champion from version 5 (created at 1764230400000), and now nobody holds it. "
        "Compare with that one: `mlgate run --model models:/loan/7`.",
    ),
    "came back": (
        replace(MOVE, generation=5),
        f"loan@champion has moved meanwhile and come back: it is for move 4 of the alias, and 5 have happened. {AGAIN}",
    ),
}


@pytest.mark.parametrize(("other", "said"), OTHERS.values(), ids=OTHERS)
def test_another_move_is_refused(signed: Callable[..., bytes], trusted: list[Any], other: Move, said: str) -> None:
    """Whatever differs has a sentence of its own."""
    assert refusal(signed(), trusted, other) == said


def test_other_bytes_are_refused(signed: Callable[..., bytes], trusted: list[Any]) -> None:
    """The same version with other files; left out only where the files are not read yet."""
    found = unseal_authorization(signed(), trusted)
    found.examine(MOVE, now=NOW)
    assert refusal(signed(), trusted, digest=f"sha256:{'00' * 32}") == (
        f"the files of models:/loan/7 are not those that it is for: their digest is sha256:{'00' * 32}. Find out who "
        "changed them, then judge again: `mlgate run --model models:/loan/7`."
    )


def test_a_second_use_is_refused(signed: Callable[..., bytes], trusted: list[Any]) -> None:
    """Its nonce stands in the ledger."""
    envelope = signed()
    nonce = statement(envelope)["predicate"]["nonce"]
    assert refusal(envelope, trusted, spent={nonce}) == f"it was used already, and it is good for one move. {AGAIN}"


TIMES = {
    "after its end": (timedelta(minutes=10, seconds=1), "it was good until 2026-11-28T08:10:00Z, and it is 2026-"),
    "long before": (-timedelta(minutes=6), "it is good from 2026-11-28T08:00:00Z on, which lies in the future. One"),
}


@pytest.mark.parametrize(("later", "said"), TIMES.values(), ids=TIMES)
def test_it_is_good_for_minutes(signed: Callable[..., bytes], trusted: list[Any], later: timedelta, said: str) -> None:
    """Clocks may be five minutes apart at its beginning."""
    assert refusal(signed(), trusted, now=NOW + later).startswith(said)
    unseal_authorization(signed(), trusted).examine(MOVE, now=NOW - timedelta(minutes=5))


def test_one_that_lives_for_days_is_refused(signed: Callable[..., bytes], trusted: list[Any]) -> None:
    """Whoever signed it."""
    envelope = signed(warrant=replace(WARRANT, lifetime=timedelta(days=30)))
    assert refusal(envelope, trusted) == "it is good for 30 days, 0:00:00, and may be for 1:00:00 at most."


def test_an_unknown_key_is_refused(signed: Callable[..., bytes], tmp_path: Path) -> None:
    """Signed by somebody whom nobody trusts."""
    other = public_key(generate(tmp_path / "other.pem"))
    assert refusal(signed(), [other]).startswith("0 of the given keys signed it, and 1 must have.")


def test_a_verdict_is_no_authorization(envelope: bytes, trusted: list[Any]) -> None:
    """Signed by the same key, it lets nothing move."""
    assert refusal(envelope, trusted).startswith("what was signed is no authorization of mlgate: ")


@pytest.mark.parametrize("missing", ["generation", "nonce", "expected", "notAfter", "created"])
def test_one_that_leaves_something_open_is_refused(
    signed: Callable[..., bytes], trusted: list[Any], key: Path, missing: str
) -> None:
    """A field less would allow more."""
    tree = statement(signed())
    del tree["predicate"][missing]
    assert refusal(seal(tree, [signing_key(str(key))]), trusted).startswith("what was signed is no authorization")


def test_a_broken_glass_needs_a_reason(signed: Callable[..., bytes], trusted: list[Any]) -> None:
    """The schema says so."""
    bare = replace(WARRANT, kind=AuthorizationKind.BREAK_GLASS)
    assert refusal(signed(warrant=bare), trusted).startswith("what was signed is no authorization")
    unseal_authorization(signed(warrant=replace(bare, reason="the champion is down")), trusted)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10**9), byte=st.integers(0, 255))
def test_every_changed_byte_is_refused(signed: Callable[..., bytes], trusted: list[Any], place: int, byte: int) -> None:
    """Wherever it stands."""
    envelope = signed()
    place %= len(envelope)
    if envelope[place] == byte:
        return
    with pytest.raises(AttestationRefused):
        unseal_authorization(envelope[:place] + bytes([byte]) + envelope[place + 1 :], trusted)


NAMES = st.sampled_from(["a", "b"])
VERSIONS = st.builds(RegisteredVersion, NAMES, st.sampled_from("12"), st.just("models:/a/1"), st.sampled_from("xy"))
MOVES = st.builds(Move, VERSIONS, NAMES, st.none() | VERSIONS, st.integers(0, 2), NAMES, st.none() | NAMES)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=MOVES, other=MOVES)
def test_it_allows_exactly_one_move(key: Path, trusted: list[Any], one: Move, other: Move) -> None:
    """Of all moves, the one that it was signed for: compared field by field, by nothing of ours."""
    found = unseal_authorization(authorize(one, DIGEST, WARRANT, [signing_key(str(key))]), trusted)
    identity = [
        (
            *(move.registry, move.workspace, move.alias, move.generation),
            *(move.version.name, move.version.version, move.version.created),
            *((move.expected.version, move.expected.created) if move.expected else ()),
        )
        for move in (one, other)
    ]
    if identity[0] == identity[1]:
        found.examine(other, digest=DIGEST, now=NOW)
    else:
        with pytest.raises(AttestationRefused):
            found.examine(other, digest=DIGEST, now=NOW)
