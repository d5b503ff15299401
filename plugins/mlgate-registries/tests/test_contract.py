"""Each adapter keeps the contract of every registry, on a fake that behaves as the service is documented."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator

import pytest

from mlgate.testing.registries import RegistryCase, RegistryContract
from mlgate_registries import (
    AzureBlobs,
    AzureMl,
    DatabricksVolume,
    GoogleStorage,
    UnityCatalog,
    UntestedRegistry,
    UntestedWarning,
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

PARENT = "projects/p/locations/europe-west3"
FILES = ({"model.txt": b"old"}, {"model.txt": b"new"})


def vertex_ai() -> RegistryCase:
    models, storage = FakeModelService(), FakeStorage()
    for place, files in enumerate(FILES):
        models.upload(PARENT, "loan", f"gs://models/loan-{place}")
        for name, content in files.items():
            storage.bucket("models").blob(f"loan-{place}/{name}").upload_from_string(content)
    registry = UntestedRegistry(VertexAi(models, PARENT, storage), GoogleStorage(storage, "gate"))
    return RegistryCase(registry, "loan", ("vertexai:loan/1", "vertexai:loan/2"))


def azure_ml() -> RegistryCase:
    models = FakeAzureModels()
    for files in FILES:
        models.add("loan", files)
    registry = UntestedRegistry(AzureMl(models, "credit"), AzureBlobs(FakeContainer()))
    return RegistryCase(registry, "loan", ("azureml:loan/1", "azureml:loan/2"))


def unity_catalog() -> RegistryCase:
    client, name = FakeMlflow(), "prod.credit.loan"
    for files in FILES:
        client.add(name, files)
    store = DatabricksVolume(FakeVolumeFiles(), "/Volumes/prod/credit/gate")
    registry = UntestedRegistry(UnityCatalog(client, "metastore", client.download), store)
    return RegistryCase(registry, name, (f"unity:{name}/1", f"unity:{name}/2"))


def weights_and_biases() -> RegistryCase:
    api = FakeWandb()
    for files in FILES:
        api.link("acme/wandb-registry-model/loan", files)
    registry = UntestedRegistry(
        WeightsAndBiases(api, "acme/wandb-registry-model"), GoogleStorage(FakeStorage(), "gate")
    )
    return RegistryCase(registry, "loan", ("wandb:loan/v0", "wandb:loan/v1"))


SERVICES = (vertex_ai, azure_ml, unity_catalog, weights_and_biases)


@pytest.fixture(params=SERVICES, ids=lambda made: made.__name__)
def made(request: pytest.FixtureRequest) -> Callable[[], RegistryCase]:
    return request.param  # type: ignore[no-any-return]


class TestUntestedRegistries(RegistryContract):
    @pytest.fixture
    def case(self, made: Callable[[], RegistryCase]) -> Iterator[RegistryCase]:
        """`loan` in two versions."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UntestedWarning)
            yield made()


def test_it_says_that_it_is_untested_and_pretends_nothing(made: Callable[[], RegistryCase]) -> None:
    """Whenever somebody asks what it can do, which every command does."""
    case = made()
    with pytest.warns(UntestedWarning, match="never run against the real service"):
        known = case.registry.capabilities(case.name)
    assert (known.cas, known.server_enforced, known.keeps_ledger) == (False, False, False)


@pytest.mark.filterwarnings("ignore::mlgate_registries.UntestedWarning")
def test_a_slow_writer_follows_the_ledger(made: Callable[[], RegistryCase], monkeypatch: pytest.MonkeyPatch) -> None:
    """A move that was written down later is not undone by the one before it, whose request comes late."""
    case = made()
    service = case.registry._service  # type: ignore[attr-defined]
    give, late = service.give, iter([True])

    def slow(version: object, alias: str) -> None:
        if next(late, False):
            case.set(case.move(1))
        give(version, alias)

    monkeypatch.setattr(service, "give", slow)
    case.set(case.move(0))
    assert [entry.version for entry in case.entries()] == [case.version(0).version, case.version(1).version]
    assert case.registry.holder(case.name, "contract") == case.version(1)
