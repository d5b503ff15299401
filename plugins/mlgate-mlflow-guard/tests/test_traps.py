"""Ways around a guard that looks at set-alias alone, each tried by raw REST."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mlgate import digest_of_manifest
from mlgate_mlflow_guard.policy import Policy, Protection

pytestmark = pytest.mark.xdist_group("server")  # the server starts once


def refused(answer: Any, rule: str, status: int = 403) -> str:
    """The refusal is of that rule, with a status that no client repeats; what it said."""
    assert answer.status == status, answer
    assert answer.said.startswith(f"mlgate's guard refused this ({rule}): "), answer.said
    return str(answer.said)


@pytest.fixture
def held(world: Any) -> Any:
    """The world after version 1 was promoted."""
    assert world.promote(world.add(b"lawful")).status == 200
    return world


def unchanged(world: Any) -> bool:
    return bool(world.holder() == "1")


def test_two_models_swapped_by_name(held: Any) -> None:
    """The name is what people load, so neither end of it moves while an alias hangs on it."""
    evil = f"evil-{held.name}"
    held.make(evil)
    held.add(b"evil", evil)
    assert held.set("1", name=evil).status == 200
    refused(held.api("POST", "registered-models/rename", name=held.name, new_name="away"), "name")
    refused(held.api("POST", "registered-models/rename", name=evil, new_name="clf-takes-over"), "name")
    assert unchanged(held)


def test_a_name_without_a_protected_alias_changes_as_ever(world: Any) -> None:
    """Only what would move an alias is refused."""
    world.add()
    new = f"{world.name}-renamed"
    assert world.api("POST", "registered-models/rename", name=world.name, new_name=new).status == 200
    assert world.model(new)["name"] == new


def test_the_holder_is_not_deleted(held: Any) -> None:
    """Neither as a version, nor with the model, nor by taking the alias away."""
    refused(held.api("DELETE", "model-versions/delete", name=held.name, version="1"), "holder")
    refused(held.api("DELETE", "registered-models/delete", name=held.name), "holder")
    refused(held.api("DELETE", "registered-models/alias", name=held.name, alias="champion"), "protected-alias")
    assert unchanged(held)


def test_another_version_is_deleted_as_ever(held: Any) -> None:
    """What holds nothing may go."""
    other = held.add(b"other")
    assert held.api("DELETE", "model-versions/delete", name=held.name, version=other).status == 200


def test_a_model_that_is_made_again(world: Any) -> None:
    """Numbers start at 1 again; an authorization for the first one is not for the second."""
    world.add()
    evidence = {"attestation": world.judge("1")}
    old = world.authorization(world.move("1"), evidence)
    assert world.api("DELETE", "registered-models/delete", name=world.name).status == 200
    world.make()
    world.add()
    assert world.tag("1", "mlgate.authorization", old).status == 200
    said = refused(world.set("1"), "authorization")
    assert "was deleted and made again since" in said


@pytest.mark.parametrize("alias", ["champion\n", "Champion", "CHAMPION", "champ\u0131on", "\u0441hampion", "champion "])
def test_an_alias_that_looks_like_the_protected_one(held: Any, alias: str) -> None:
    """A newline at the end, another case, letters of other alphabets (a dotless i, a Cyrillic c)."""
    held.add(b"other")
    answer = held.set("2", alias)
    assert answer.status == 400
    assert set(held.model()["aliases"][0].values()) == {"champion", "1"}
    assert len(held.model()["aliases"]) == 1


def test_an_alias_that_is_not_protected(held: Any) -> None:
    """Moves as ever, on the same model."""
    held.add(b"other")
    for number in ("2", "1", "2"):
        assert held.set(number, "challenger").status == 200
    assert held.holder("challenger") == "2"
    assert held.api("DELETE", "registered-models/alias", name=held.name, alias="challenger").status == 200


@pytest.mark.parametrize("stage", ["Production", "production", "Staging"])
def test_stages(held: Any, stage: str) -> None:
    """`models:/name/Production` loads still: a stage is an alias by another name."""
    body = {"name": held.name, "version": "1", "stage": stage, "archive_existing_versions": False}
    refused(held.api("POST", "model-versions/transition-stage", **body), "stage")
    assert held.version("1")["current_stage"] == "None"


def test_bytes_that_were_changed_through_the_artifact_proxy(world: Any) -> None:
    """After the verdict: the server reads the files itself."""
    number = world.add(b"judged")
    evidence = {"attestation": world.judge(number)}
    document = world.authorization(world.move(number), evidence)
    folder = world.version(number)["source"].removeprefix("mlflow-artifacts:/")
    assert world.put(f"{folder}/data/weights", b"swapped").status == 200
    world.tag(number, "mlgate.authorization", document)
    assert "are not those that it is for" in refused(world.set(number), "authorization")
    assert world.holder() is None


def test_bytes_that_were_changed_by_log_model_artifact(world: Any, tmp_path: Path) -> None:
    """MLflow takes files for a logged model that is READY and registered; with the old ones the promotion is lawful."""
    import mlflow

    client, file = mlflow.MlflowClient(world.server.address), tmp_path / "weights"
    world.name = f"loose-{world.name}"
    world.make()
    model = client.create_logged_model(world._experiment(), "weights").model_id
    digest = digest_of_manifest({"weights": hashlib.sha256(b"judged").hexdigest()})
    file.write_bytes(b"judged")
    client.log_model_artifact(model, str(file))
    client.finalize_logged_model(model, "READY")
    number = world.add_source(f"models:/{model}", model_id=model)
    document = world.authorization(world.move(number), {"record": digest}, digest=digest)
    assert world.tag(number, "mlgate.authorization", document).status == 200
    for content, status in ((b"swapped", 403), (b"judged", 200)):
        file.write_bytes(content)
        client.log_model_artifact(model, str(file))
        assert world.set(number).status == status
    assert "are not those that it is for" in world.refusals()[0]


def test_a_file_that_was_added(world: Any) -> None:
    """A digest over the listed files alone would not see it."""
    number = world.add(b"judged")
    evidence = {"attestation": world.judge(number)}
    document = world.authorization(world.move(number), evidence)
    folder = world.version(number)["source"].removeprefix("mlflow-artifacts:/")
    assert world.put(f"{folder}/code/__init__.py", b"print()").status == 200
    world.tag(number, "mlgate.authorization", document)
    refused(world.set(number), "authorization")


def test_a_copy_that_shares_its_files(held: Any) -> None:
    """The bytes are the same, and it is another version: its authorization is another one."""
    copy = held.add_source(f"models:/{held.name}/1")
    document = held.authorization(held.move("1"), {"attestation": held.judge("1")})
    assert held.tag(copy, "mlgate.authorization", document).status == 200
    assert "it is for version 1" in refused(held.set(copy), "authorization")
    assert unchanged(held)


def test_what_was_rolled_back_does_not_come_back(held: Any) -> None:
    """A used authorization is spent, though the same version holds the alias again."""
    two = held.add(b"two")
    assert held.promote(two).status == 200
    used = next(tag["value"] for tag in held.version(two)["tags"] if tag["key"] == "mlgate.authorization")
    first = next(entry for entry in held.ledger().entries if entry.moves)
    back = held.authorization(held.move("1"), {"entry": f"sha256:{first.hash}"}, "rollback")
    held.tag("1", "mlgate.authorization", back)
    assert held.set("1").status == 200
    held.tag(two, "mlgate.authorization", used.encode())
    assert "it was used already" in refused(held.set(two), "authorization")
    assert unchanged(held)
    assert [entry.kind for entry in held.ledger().entries if entry.moves] == ["promotion", "promotion", "rollback"]


def test_an_authorization_that_was_kept_back(held: Any) -> None:
    """It was never used, and the same version holds the alias again: the count of moves is another."""
    two, three = held.add(b"two"), held.add(b"three")
    kept = held.authorization(held.move(three), {"attestation": held.judge(three)})
    assert held.promote(two).status == 200
    assert held.promote("1").status == 200
    held.tag(three, "mlgate.authorization", kept)
    assert "has moved meanwhile and come back" in refused(held.set(three), "holder", 409)
    assert unchanged(held)


def test_a_rollback_to_what_never_was(held: Any) -> None:
    """A rollback needs no verdict, so it goes only where the ledger says that one was."""
    two = held.add(b"two")
    first = next(entry for entry in held.ledger().entries if entry.moves)
    for entry in (first.hash, "0" * 64):
        document = held.authorization(held.move(two), {"entry": f"sha256:{entry}"}, "rollback")
        held.tag(two, "mlgate.authorization", document)
        assert "no entry of the ledger says" in refused(held.set(two), "authorization")


def test_names_that_only_the_guard_uses(world: Any) -> None:
    """A model, a tag of a model, a tag of a version."""
    number = world.add()
    refused(world.api("POST", "registered-models/create", name="mlgate.ledger/clf"), "reserved-name", 400)
    refused(
        world.api("POST", "registered-models/rename", name=world.name, new_name="MLGATE.ledger/x"), "reserved-name", 400
    )
    for key in ("mlgate.guard", "mlgate.entry"):
        tag = {"key": key, "value": "{}"}
        refused(world.api("POST", "registered-models/create", name="clf-tagged", tags=[tag]), "reserved-name", 400)
        refused(world.tag(number, key, b"{}"), "reserved-name", 400)
        refused(world.api("POST", "registered-models/set-tag", name=world.name, **tag), "reserved-name", 400)
        made = world.api("POST", "model-versions/create", name=world.name, source=f"models:/{world.name}/1", tags=[tag])
        refused(made, "reserved-name", 400)


def test_evidence_of_a_version_in_use(held: Any) -> None:
    """It says why the alias is where it is."""
    delete = {"name": held.name, "version": "1"}
    for key in ("mlgate.attestation", "mlgate.authorization"):
        refused(held.api("DELETE", "model-versions/delete-tag", key=key, **delete), "evidence")
        refused(held.tag("1", key, b"{}"), "evidence")
    refused(held.tag("1", "mlgate.record-uri", b"runs:/x/record.json"), "evidence")
    refused(held.tag("1", "mlgate.record-digest", f"sha256:{'0' * 64}".encode()), "evidence")
    refused(held.tag("1", f"mlgate.approval-{'0' * 16}", b"{}"), "evidence")
    assert held.tag("1", "owner", b"ann").status == 200
    assert held.api("DELETE", "model-versions/delete-tag", key="owner", **delete).status == 200


def test_the_stricter_of_two_protections_counts() -> None:
    """Whatever the order in which they stand."""
    loose = Protection(("*",), ("champion",), (), require_attestation=False, break_glass=True)
    strict = Protection(("clf",), ("champ*",), threshold=2, max_age=timedelta(hours=2))
    for order in ((loose, strict), (strict, loose)):
        demand = Policy(order).demand("CLF", "Champion")
        assert demand is not None
        assert (demand.threshold, demand.require_attestation, demand.break_glass) == (2, True, False)
        assert demand.max_age == timedelta(hours=2)
    assert Policy((loose, strict)).demand("other", "champ") is None


def test_a_name_with_brackets_is_protected_by_its_name() -> None:
    """MLflow allows it; read as a set of letters it would protect `credite` and `creditu`, and not itself."""
    policy = Policy((Protection(("credit[eu]", "credit[us]-*"), ("champion",)),))
    for name in ("credit[eu]", "Credit[EU]", "credit[us]-2"):
        assert policy.demand(name, "champion") is not None
    assert not policy.covers("credite")
