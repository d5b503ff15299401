"""A protected alias moves for a signed authorization of exactly this move, once; by raw REST."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mlgate import digest_of_manifest
from mlgate.attestation.approval import approve
from mlgate.testing import records

pytestmark = pytest.mark.xdist_group("server")  # the server starts once
WAY_OUT = "`mlgate promote models:/{0}/{1} --to champion --key KEY` makes one."


def test_without_an_authorization_nothing_moves(world: Any) -> None:
    """403 with the rule and the way out; the refusal stands in the ledger."""
    number = world.add()
    answer = world.set(number)
    assert (answer.status, answer.body["error_code"]) == (403, "PERMISSION_DENIED")
    assert answer.said == (
        f"mlgate's guard refused this (protected-alias): {world.name}@champion moves for a signed authorization alone, "
        f"and version {number} has none. {WAY_OUT.format(world.name, number)}"
    )
    assert world.holder() is None
    assert world.refusals() == [
        f"{world.name}@champion moves for a signed authorization alone, and version {number} has none."
    ]


def test_with_one_it_moves_and_is_written_down(world: Any) -> None:
    """Alias, count and entry together; the entry names what it rests on."""
    one, two = world.add(b"one"), world.add(b"two")
    assert world.promote(one).status == 200
    assert world.promote(two).status == 200
    assert world.holder() == two
    first, second = (entry for entry in world.ledger().entries if entry.moves)
    assert (first.version, first.moved_from, first.generation) == (one, None, 1)
    assert (second.version, second.moved_from, second.generation) == (two, one, 2)
    assert (second.actor, second.cas, second.kind) == ("ann", True, "promotion")
    assert set(second.digests) == {"model", "attestation", "authorization"}
    assert world.guard()["aliases"] == {"champion": {"generation": 2, "protected": True}}
    assert world.guard()["head"] == second.hash


def test_signed_verdicts_are_written_down_once(world: Any) -> None:
    """With what they are about; what no known key signed is a tag and nothing more."""
    number = world.add()
    digest = world.judge(number)
    assert world.judge(number) == digest
    world.judge(number, key="stranger")
    (entry,) = world.ledger().entries
    assert (entry.kind, entry.version, entry.digests["attestation"]) == ("verdict", number, digest)
    assert entry.digests["model"] == digest_of_manifest(world.files(number))


def test_a_verdict_that_a_later_one_overruled(world: Any) -> None:
    """Both are signed: whoever kept the first one puts it back, and says it once more. Another verdict mends it."""
    number = world.add()
    first, moment = world.verdict(number), datetime.now(UTC).replace(microsecond=0)
    denial, fresh = (
        world.verdict(number, passed=passed, made=(moment - timedelta(minutes=age)).isoformat().replace("+00:00", "Z"))
        for passed, age in ((False, 2), (True, 1))
    )
    for envelope in (first, denial, first):
        assert world.tag(number, "mlgate.attestation", envelope).status == 200
    assert [entry.reason for entry in world.ledger().entries] == ["allowed", "denied", "allowed"]
    for envelope, status in ((first, 403), (fresh, 200)):
        assert world.tag(number, "mlgate.attestation", envelope).status == 200
        evidence = {"attestation": f"sha256:{hashlib.sha256(envelope).hexdigest()}"}
        document = world.authorization(world.move(number), evidence)
        assert world.tag(number, "mlgate.authorization", document).status == 200
        answer = world.set(number)
        assert answer.status == status, answer
        told = f"a later verdict on models:/{world.name}/{number}, of a run at"
        assert (told in answer.said) == (status == 403)
    assert world.holder() == number


def test_a_verdict_under_another_gate_file_overrules_nothing(world: Any) -> None:
    """Each alias has its own."""
    number = world.add()
    digest = world.judge(number, passed=True)
    assert world.ledger().entries[0].digests["gate"] == records.sample_record().facts.gate.digest
    other = world.verdict(number, passed=False, gate=f"sha256:{'1' * 64}")
    for envelope in (other, world.verdict(number)):
        assert world.tag(number, "mlgate.attestation", envelope).status == 200
    document = world.authorization(world.move(number), {"attestation": digest})
    assert world.tag(number, "mlgate.authorization", document).status == 200
    assert world.set(number).status == 200


def test_approvals_are_written_down(world: Any) -> None:
    """Whoever signed them, if it is a key of the configuration."""
    number = world.add()
    for key in ("second", "stranger"):
        document = approve(
            world.move(number),
            "sha256:" + "1" * 64,
            digest_of_manifest(world.files(number)),
            [world.keys.signer(key)],
            actor="bob",
        )
        assert world.tag(number, "mlgate.approval-0123456789abcdef", document).status == 200
    (entry,) = world.ledger().entries
    assert (entry.kind, entry.alias, entry.actor, entry.digests["record"]) == (
        "approval",
        "champion",
        "bob",
        "sha256:" + "1" * 64,
    )


def test_a_move_that_was_finished_succeeds_again(world: Any) -> None:
    """The answer was lost, the job repeats it: nothing moves, nothing is written down twice."""
    number = world.add()
    assert world.promote(number).status == 200
    assert world.set(number).status == 200
    assert [entry.kind for entry in world.ledger().entries] == ["verdict", "promotion"]


def refused(world: Any, number: str, rule: str, status: int = 403, alias: str = "champion") -> str:
    """What the refusal said; nothing moved."""
    before = world.holder(alias)
    answer = world.set(number, alias)
    assert answer.status == status, answer
    assert answer.said.startswith(f"mlgate's guard refused this ({rule}): "), answer.said
    assert world.holder(alias) == before
    return str(answer.said)


@pytest.fixture
def judged(world: Any) -> Any:
    """Version 1, with a signed verdict on it."""
    world.add()
    world.judge("1")
    return world


def authorized(world: Any, number: str = "1", **more: Any) -> Any:
    """Put an authorization on the version; what the server said of that tag."""
    move = more.pop("move", None) or world.move(number, **more.pop("parts", {}))
    evidence = more.pop("evidence", None) or {"attestation": world.judge(number)}
    return world.tag(number, "mlgate.authorization", world.authorization(move, evidence, **more))


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"registry": "another"}, "it is for the registry 'another'"),
        ({"workspace": "another"}, "it is for the workspace 'another'"),
        ({"alias": "contract"}, "it is for the alias 'contract'"),
    ],
)
def test_an_authorization_for_another_place(judged: Any, parts: dict[str, str], told: str) -> None:
    """The same names stand elsewhere too."""
    assert authorized(judged, move=_replaced(judged.move("1"), **parts)).status == 200
    assert told in refused(judged, "1", "authorization")


def test_an_authorization_for_another_model(judged: Any) -> None:
    """Signed, and for something else."""
    other = f"{judged.name}-other"
    judged.make(other)
    judged.add(name=other)
    move = judged.move("1", name=other)
    document = judged.authorization(move, {"attestation": judged.judge("1")})
    judged.tag("1", "mlgate.authorization", document)
    assert f"it is for the model '{other}'" in refused(judged, "1", "authorization")


@pytest.mark.parametrize(
    ("hours", "told"), [(-2, "it was good until"), (2, "which lies in the future")], ids=["expired", "early"]
)
def test_an_authorization_at_another_time(judged: Any, hours: int, told: str) -> None:
    """Ten minutes, and not before."""
    assert authorized(judged, issued=datetime.now(UTC) + timedelta(hours=hours)).status == 200
    assert told in refused(judged, "1", "authorization")


def test_an_authorization_that_lives_too_long(judged: Any) -> None:
    """A key left in the door."""
    assert authorized(judged, lifetime=timedelta(days=1)).status == 200
    assert "may be for 1:00:00 at most" in refused(judged, "1", "authorization")


def test_a_forged_authorization_does_not_even_become_a_tag(judged: Any) -> None:
    """By raw REST: of a stranger's key, changed, or no envelope at all."""
    move, evidence = judged.move("1"), {"attestation": judged.judge("1")}
    lawful = judged.authorization(move, evidence)
    stranger = judged.authorization(move, evidence, keys=("stranger",))
    for document in (stranger, lawful.replace(b'"payload":"e', b'"payload":"f'), b"{}", b"yes"):
        answer = judged.tag("1", "mlgate.authorization", document)
        assert (answer.status, "(evidence)" in answer.said) == (403, True), answer
    assert "has none" in refused(judged, "1", "protected-alias")


def test_one_that_came_with_the_version_is_looked_at_too(world: Any) -> None:
    """Tags that are there from the first are read with the same eyes."""
    world.add()
    forged = world.authorization(world.move("1"), {}, keys=("stranger",)).decode()
    tag = {"key": "mlgate.authorization", "value": forged}
    world.add_source(f"models:/{world.name}/1", tags=[tag])
    assert "0 of the given keys signed it" in refused(world, "2", "authorization")


def test_a_promotion_without_a_signed_verdict(world: Any) -> None:
    """Named but not there, not named, of a key that signs no verdicts, of other files, or a denial."""
    number = world.add()
    authorized(world, number, evidence={"record": "sha256:" + "0" * 64})
    assert "names no signed verdict" in refused(world, number, "attestation")
    authorized(world, number, evidence={"attestation": "sha256:" + "0" * 64})
    assert f"is not on models:/{world.name}/{number}" in refused(world, number, "attestation")
    authorized(world, number, evidence={"attestation": world.judge(number, key="release")})
    assert "0 of the given keys signed it" in refused(world, number, "attestation")
    authorized(world, number, evidence={"attestation": world.judge(number, passed=False)})
    assert "is a denial" in refused(world, number, "attestation")
    other = world.add(b"other")
    envelope = world.verdict(other)
    assert world.tag(number, "mlgate.attestation", envelope).status == 200
    authorized(world, number, evidence={"attestation": _sha256(envelope)})
    world.tag(number, "mlgate.attestation", envelope)
    assert "it is not about these model files: data/weights is another" in refused(world, number, "attestation")


def test_a_verdict_that_is_too_old(world: Any) -> None:
    """Where `max_age` bounds it; one from tomorrow is refused everywhere."""
    world.name = f"clf-aged-{world.name}"
    world.make()
    number = world.add()
    for hours, told in ((3, "3 hours old, and may be 2 hours old"), (-24, "which lies in the future"), (1, None)):
        made = (datetime.now(UTC) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
        envelope = world.verdict(number, made=made)
        assert world.tag(number, "mlgate.attestation", envelope).status == 200
        authorized(world, number, evidence={"attestation": _sha256(envelope)})
        if told is None:
            assert world.set(number).status == 200
        else:
            assert told in refused(world, number, "attestation")


def test_two_keys_where_two_are_asked_for(world: Any) -> None:
    """One key twice is one key."""
    world.name = f"clf-two-{world.name}"
    world.make()
    number = world.add()
    authorized(world, number, keys=("release", "release"))
    assert "1 of the given keys signed it, and 2 must have" in refused(world, number, "authorization")
    authorized(world, number, keys=("release", "second"))
    assert world.set(number).status == 200


def test_breaking_the_glass(world: Any) -> None:
    """Forbidden unless the configuration allows it; then it needs a reason, and stands in the ledger with it."""
    number = world.add()
    authorized(world, number, kind="break-glass", reason="it burns")
    assert "breaking the glass is forbidden" in refused(world, number, "break-glass")
    world.name = f"loose-{world.name}"
    world.make()
    world.add()
    authorized(world, kind="break-glass", reason=" ")
    assert "needs a reason" in refused(world, "1", "break-glass")
    authorized(world, kind="break-glass", reason="it burns")
    assert world.set("1").status == 200
    last = world.ledger().entries[-1]
    assert (last.kind, last.reason, last.actor) == ("break-glass", "it burns", "ann")


def test_a_model_that_is_too_large(world: Any) -> None:
    """The limit of the configuration bounds what one request may read."""
    number = world.add(b"x" * 100_001)
    authorized(world, number)
    assert "are more than 100000 bytes" in refused(world, number, "files")


def test_files_that_are_gone(world: Any) -> None:
    """Unreadable is a refusal, and not a server fault."""
    number = world.add()
    authorized(world, number)
    (world.server.log.parent / "kept" / world.version(number)["source"].removeprefix("mlflow-artifacts:/")).rename(
        world.server.log.parent / f"away-{world.name}"
    )
    refused(world, number, "files")


def test_a_version_that_does_not_exist(world: Any) -> None:
    """400, as a number that is none."""
    assert "there is no version 7" in refused(world, "7", "authorization", 400)
    assert world.set("seven").status == 400


def test_a_free_alias_of_a_protected_model_by_signature(world: Any) -> None:
    """It asks for no verdict, and all else holds: compared, counted, written down, once."""
    for content in (b"one", b"two"):
        world.add(content)
    authorized(world, "1", evidence={"record": "sha256:" + "0" * 64}, parts={"alias": "challenger"})
    late = world.authorization(world.move("2", "challenger"), {"record": "sha256:" + "0" * 64})
    assert world.set("1", "challenger").status == 200
    assert world.guard()["aliases"] == {"challenger": {"generation": 1, "protected": False}}
    world.tag("2", "mlgate.authorization", late)
    refused(world, "2", "holder", 409, "challenger")
    assert world.set("1", "challenger").status == 200  # the same once more
    (entry,) = (entry for entry in world.ledger().entries if entry.moves)
    assert (entry.alias, entry.version, entry.cas, entry.actor) == ("challenger", "1", True, "ann")


def test_a_free_alias_moves_as_ever_beside_an_authorization_for_another(world: Any) -> None:
    """Used, or for the protected one: it does not matter, and nothing is counted."""
    for content in (b"one", b"two"):
        world.add(content)
    assert world.promote("1").status == 200
    authorized(world, "2")
    for number in ("1", "2", "1"):
        assert world.set(number, "challenger").status == 200
    assert world.guard()["aliases"]["challenger"] == {"generation": 0, "protected": False}
    assert world.set("7", "challenger").body["error_code"] == "RESOURCE_DOES_NOT_EXIST"


def test_a_name_that_nobody_protects(world: Any) -> None:
    """Behaves as ever, and shows no guard."""
    name = f"free-{world.name}"
    world.make(name)
    for _ in range(2):
        world.add(name=name)
    for number in ("1", "2"):
        assert world.set(number, name=name).status == 200
    assert "mlgate.guard" not in {tag["key"] for tag in world.model(name).get("tags", [])}
    assert world.documents(name) == []
    body = {"name": name, "version": "2", "stage": "Production", "archive_existing_versions": False}
    assert world.api("POST", "model-versions/transition-stage", **body).status == 200
    assert world.api("DELETE", "registered-models/alias", name=name, alias="champion").status == 200
    assert world.api("DELETE", "registered-models/delete", name=name).status == 200


def _replaced(value: Any, **parts: Any) -> Any:
    return replace(value, **parts)


def _sha256(document: bytes) -> str:
    return f"sha256:{hashlib.sha256(document).hexdigest()}"
