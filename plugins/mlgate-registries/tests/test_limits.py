"""What the services do not take: said before anything is written, cut where it is for people alone."""

from __future__ import annotations

import pytest

from mlgate import ModelError, OutcomeUnknown, RegisteredVersion, RegistryError, RegistryUris
from mlgate.testing.registries import RegistryCase
from mlgate_registries import (
    AzureBlobs,
    AzureMl,
    DatabricksVolume,
    GoogleStorage,
    UnityCatalog,
    UntestedRegistry,
    VertexAi,
    WeightsAndBiases,
)
from mlgate_registries.fakes import (
    FakeAzureModels,
    FakeContainer,
    FakeMlflow,
    FakeModelService,
    FakeStorage,
    FakeVolumeFiles,
    FakeWandb,
)

pytestmark = pytest.mark.filterwarnings("ignore::mlgate_registries.UntestedWarning")
LONG = {"mlgate.record-digest": f"sha256:{'ab' * 32}", "mlgate.trust": "x" * 2_000}
REGISTRY, UNITY = "acme/wandb-registry-model", "prod.credit.loan"


def version(uris: RegistryUris, name: str, number: str) -> RegisteredVersion:
    return RegisteredVersion(name, number, uris.of(name, number), "now")


@pytest.mark.parametrize(
    ("service", "alias"),
    [
        (VertexAi(FakeModelService(), "p", FakeStorage()), "Champion"),
        (VertexAi(FakeModelService(), "p", FakeStorage()), "in_use"),
        (VertexAi(FakeModelService(), "p", FakeStorage()), "a" * 129),
        (UnityCatalog(FakeMlflow(), "m", str), "latest"),
        (UnityCatalog(FakeMlflow(), "m", str), "V3"),
        (WeightsAndBiases(FakeWandb(), REGISTRY), "v3"),
        (WeightsAndBiases(FakeWandb(), REGISTRY), "latest"),
        (WeightsAndBiases(FakeWandb(), REGISTRY), "a" * 129),
    ],
)
def test_an_alias_that_the_service_does_not_take(service: VertexAi, alias: str) -> None:
    """Refused by its own rule; W&B would pass over some of them without a word."""
    with pytest.raises(RegistryError, match="can be no alias in"):
        service.refuse_alias(alias)
    service.refuse_alias("champion")


def test_tags_that_are_too_long_for_each_service() -> None:
    """They are for people: cut, in the letters that there are; the fakes refuse what the services do."""
    models = FakeModelService()
    models.upload("p", "loan", "gs://b/loan")
    VertexAi(models, "p", FakeStorage()).tag(version(VertexAi.uris, "loan", "1"), LONG)
    labels = models.get_model(name="p/models/loan@1").labels
    assert labels["mlgate_record-digest"] == f"sha256_{'ab' * 28}"
    azure = FakeAzureModels()
    azure.add("loan", {})
    AzureMl(azure, "w").tag(version(AzureMl.uris, "loan", "1"), LONG)
    assert len(azure.get("loan", "1").tags["mlgate.trust"]) == 256
    mlflow = FakeMlflow()
    mlflow.add(UNITY, {})
    UnityCatalog(mlflow, "m", str).tag(version(UnityCatalog.uris, UNITY, "1"), LONG)
    assert mlflow.get_model_version(UNITY, "1").tags["mlgate_record_digest"] == LONG["mlgate.record-digest"]
    api = FakeWandb()
    api.link(f"{REGISTRY}/loan", {})
    artifact = api.artifact(f"{REGISTRY}/loan:v0")
    artifact.metadata = {str(place): place for place in range(99)}
    artifact.save()
    WeightsAndBiases(api, REGISTRY).tag(version(WeightsAndBiases.uris, "loan", "v0"), LONG)
    assert len(api.artifact(f"{REGISTRY}/loan:v0").metadata) == 100


def test_labels_of_others_are_kept() -> None:
    """Vertex AI writes labels whole; its ETag refuses what was read too early."""
    models = FakeModelService()
    models.upload("p", "loan", "gs://b/loan")
    service = VertexAi(models, "p", FakeStorage())
    service.tag(version(VertexAi.uris, "loan", "1"), {"owner": "ann"})
    service.tag(version(VertexAi.uris, "loan", "1"), {"mlgate.decision": "allowed"})
    assert models.get_model(name="p/models/loan@1").labels == {"owner": "ann", "mlgate_decision": "allowed"}


def test_several_versions_with_the_tag_of_one_alias_in_azure_ml() -> None:
    """Of two, the holder is the one whom the ledger does not name; a move leaves one."""
    models = FakeAzureModels()
    for content in (b"one", b"two", b"three"):
        models.add("loan", {"model.txt": content})
    registry = UntestedRegistry(AzureMl(models, "w"), AzureBlobs(FakeContainer()))
    case = RegistryCase(registry, "loan", ("azureml:loan/1", "azureml:loan/2", "azureml:loan/3"))
    case.set(case.move(2))
    by_hand = models.get("loan", "1")
    by_hand.tags["mlgate.alias.contract"] = "true"
    models.create_or_update(by_hand)
    held = registry.holder("loan", "contract")
    assert held is not None
    assert held.version == "1"
    case.set(case.move(1))
    assert [number for (_, number), each in models.models.items() if each.tags] == ["2"]


def test_a_protected_alias_in_wandb() -> None:
    """Only admins of the registry move one: that the move was written down and not made is said, with the way out."""
    api = FakeWandb(protected=("contract",))
    api.link(f"{REGISTRY}/loan", {"model.txt": b"one"})
    registry = UntestedRegistry(WeightsAndBiases(api, REGISTRY), GoogleStorage(FakeStorage(), "gate"))
    case = RegistryCase(registry, "loan", ("wandb:loan/v0",))
    with pytest.raises(OutcomeUnknown) as caught:
        case.set(case.move(0))
    assert "alias contract is protected" in str(caught.value)
    assert "mlgate audit --fix wandb:loan" in str(caught.value.hint)


def test_aliases_that_differ_in_case_alone_in_wandb() -> None:
    """W&B takes no second one; the sentence is its own."""
    api = FakeWandb()
    api.link(f"{REGISTRY}/loan", {"model.txt": b"one"})
    service = WeightsAndBiases(api, REGISTRY)
    service.give(version(WeightsAndBiases.uris, "loan", "v0"), "champion")
    with pytest.raises(RegistryError, match="alias Champion is not allowed"):
        service.give(version(WeightsAndBiases.uris, "loan", "v0"), "Champion")


def test_a_file_that_leads_out_of_its_folder() -> None:
    """An object's name is hostile text."""
    models, storage = FakeModelService(), FakeStorage()
    models.upload("p", "loan", "gs://models/loan")
    storage.bucket("models").blob("loan/../../outside").upload_from_string(b"x")
    registry = UntestedRegistry(VertexAi(models, "p", storage), GoogleStorage(storage, "gate"))
    with pytest.raises(RegistryError, match="leads out of its folder"):
        registry.fetch(registry.version("vertexai:loan/1"))


@pytest.mark.parametrize("uri", ["unity:loan/1", "unity:a.b.c", "unity:a.b.c/x", "unity:a.b.c/1\n"])
def test_no_such_uri(uri: str) -> None:
    """Refused before anything is asked."""
    store = DatabricksVolume(FakeVolumeFiles(), "/Volumes/a/b/c")
    with pytest.raises(ModelError, match="does not name one registered version"):
        UntestedRegistry(UnityCatalog(FakeMlflow(), "m", str), store).version(uri)


@pytest.mark.parametrize(
    "store",
    [
        GoogleStorage(FakeStorage(), "gate"),
        AzureBlobs(FakeContainer()),
        DatabricksVolume(FakeVolumeFiles(), "/Volumes/a/b/c"),
    ],
)
def test_a_place_in_a_store_is_taken_once(store: GoogleStorage) -> None:
    """What a ledger hangs on; another content has another mark."""
    assert store.read("loan/ledger/1.json") is None
    assert store.names("loan/ledger") == {}
    assert store.create("loan/ledger/1.json", b"one")
    assert not store.create("loan/ledger/1.json", b"two")
    assert store.read("loan/ledger/1.json") == b"one"
    before = store.names("loan/ledger")
    assert set(before) == {"1.json"}
    store.write("loan/ledger/1.json", b"two")
    assert store.names("loan/ledger") != before


def test_what_a_service_refuses_is_a_sentence() -> None:
    """With the name of its error, whatever its library is."""

    class PermissionDenied(Exception):
        pass

    class Refusing(FakeModelService):
        def get_model(self, *, name: str) -> object:  # type: ignore[override]
            raise PermissionDenied("403 Permission 'aiplatform.models.get' denied on resource.\nand more")

    with pytest.raises(RegistryError) as caught:
        VertexAi(Refusing(), "p", FakeStorage()).find("loan", "1")
    told = "PermissionDenied: 403 Permission 'aiplatform.models.get' denied on resource."
    assert str(caught.value).startswith(f"vertexai:loan@1 can't be read: {told}")
