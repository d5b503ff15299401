"""The registry: who holds an alias, records written and read back, moves; from SQLite and over HTTP."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlgate import AliasMove, ModelError, PromotionRefused, RegistryError
from mlgate.opening import digest
from mlgate_mlflow.registry import MlflowRegistry

DIGEST_TAG = "mlgate.record-digest"


@pytest.fixture
def registry() -> MlflowRegistry:
    return MlflowRegistry()


@pytest.fixture
def aliases(store: Any) -> Iterator[None]:
    """The aliases as the next test needs them."""
    yield
    store.client.set_registered_model_alias("loan", "champion", "1")
    store.client.delete_registered_model_alias("loan", "challenger")


def tags(record: bytes) -> dict[str, str]:
    return {"mlgate.decision": "allowed", DIGEST_TAG: f"sha256:{hashlib.sha256(record).hexdigest()}"}


class TestHolder:
    def test_who_holds_an_alias(self, store: Any, registry: MlflowRegistry) -> None:
        """The version with the time of its making, which outlives a number that is used again."""
        holder = registry.holder("loan", "champion")
        assert holder == registry.version("models:/loan/1")
        assert holder is not None
        assert holder.created == str(store.client.get_model_version("loan", "1").creation_timestamp)

    def test_nobody_holds_what_does_not_exist(self, store: Any, registry: MlflowRegistry) -> None:
        """An alias that nobody holds, and a model that nobody registered."""
        assert registry.holder("loan", "challenger") is None
        assert registry.holder("no-such-model", "champion") is None

    def test_a_version_that_does_not_exist(self, store: Any, registry: MlflowRegistry) -> None:
        """The registry says what there is."""
        with pytest.raises(
            ModelError, match=r"There is no model models:/loan/9 in the registry\. It has versions 1, 2"
        ):
            registry.version("models:/loan/9")


class TestRecords:
    def test_a_record_comes_back_byte_for_byte(self, store: Any, registry: MlflowRegistry) -> None:
        """Larger than any tag may be, with every byte there is; the last one written counts."""
        version = registry.version("models:/loan/2")
        for record in (b"{}", bytes(range(256)) * 1000):
            registry.annotate(version, tags(record), record)
            assert registry.record(version) == record

    def test_the_verdict_stands_on_the_version(self, store: Any, registry: MlflowRegistry) -> None:
        """As tags, for people and searches."""
        version = registry.version("models:/loan/2")
        registry.annotate(version, tags(b"{}"), b"{}")
        found = store.client.get_model_version("loan", "2").tags
        assert found["mlgate.decision"] == "allowed"
        assert found["mlgate.record-uri"].startswith("runs:/")

    def test_writing_back_leaves_the_model_s_files_as_they_are(self, store: Any, registry: MlflowRegistry) -> None:
        """The record binds their digest."""
        version = registry.version("models:/loan/2")
        before = digest(registry.fetch(version))
        registry.annotate(version, tags(b"{}"), b"{}")
        assert digest(registry.fetch(version)) == before

    def test_a_version_that_nobody_judged(self, store: Any, registry: MlflowRegistry) -> None:
        """None, not an error."""
        assert registry.record(registry.version("models:/loan/1")) is None

    @pytest.mark.parametrize("changed", ["record", "digest"])
    def test_a_record_that_was_swapped(
        self, store: Any, registry: MlflowRegistry, changed: str, tmp_path: Path
    ) -> None:
        """Artifacts and tags are anybody's to write over; one without the other tells."""
        version = registry.version("models:/loan/2")
        registry.annotate(version, tags(b"{}"), b"{}")
        uri = store.client.get_model_version("loan", "2").tags["mlgate.record-uri"]
        if changed == "digest":
            store.client.set_model_version_tag("loan", "2", DIGEST_TAG, "sha256:0")
        else:
            (tmp_path / "record.json").write_text('{"verdict": "allowed"}')
            store.client.log_artifact(uri.split("/")[1], str(tmp_path / "record.json"))
        with pytest.raises(RegistryError) as caught:
            registry.record(version)
        assert str(caught.value) == (
            f"The record of models:/loan/2 at {uri} is not the one that was written: its digest is another. "
            "Judge the version again: `mlgate run --model models:/loan/2`."
        )

    def test_a_tag_that_names_no_artifact(self, store: Any, registry: MlflowRegistry) -> None:
        """Tags are anybody's to write."""
        version = registry.version("models:/loan/2")
        store.client.set_model_version_tag("loan", "2", "mlgate.record-uri", "/etc/passwd")
        with pytest.raises(RegistryError) as caught:
            registry.record(version)
        assert caught.value.message == (
            "The tag mlgate.record-uri of models:/loan/2 names no artifact of a run: '/etc/passwd'."
        )

    def test_nothing_is_printed(self, store: Any, registry: MlflowRegistry, capfd: pytest.CaptureFixture[str]) -> None:
        """MLflow prints the address of a run that ends."""
        version = registry.version("models:/loan/2")
        registry.annotate(version, tags(b"{}"), b"{}")
        registry.record(version)
        assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("aliases")
class TestMoves:
    def test_an_alias_moves_from_its_holder(self, store: Any, registry: MlflowRegistry) -> None:
        """And says that MLflow could not compare and set in one step."""
        one, two = registry.version("models:/loan/1"), registry.version("models:/loan/2")
        assert registry.set_alias(two, "champion", one) == AliasMove("loan", "champion", "2", "1", cas=False)
        assert registry.holder("loan", "champion") == two

    def test_an_alias_that_nobody_holds(self, store: Any, registry: MlflowRegistry) -> None:
        """A first release."""
        two = registry.version("models:/loan/2")
        assert registry.set_alias(two, "challenger", None) == AliasMove("loan", "challenger", "2", None, cas=False)

    def test_an_alias_that_somebody_else_moved(self, store: Any, registry: MlflowRegistry) -> None:
        """It stays where it is."""
        two = registry.version("models:/loan/2")
        with pytest.raises(PromotionRefused) as caught:
            registry.set_alias(two, "champion", None)
        assert str(caught.value) == (
            "loan@champion was moved by somebody else meanwhile: it is held by version 1. "
            "Compare with that one: `mlgate run --model models:/loan/2`."
        )
        assert registry.holder("loan", "champion") == registry.version("models:/loan/1")

    def test_a_move_that_somebody_else_overtakes(
        self, store: Any, registry: MlflowRegistry, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Seen on reading back, and left as it is: the last word is the other one's."""
        from mlflow import MlflowClient

        one, two = registry.version("models:/loan/1"), registry.version("models:/loan/2")
        set_alias = MlflowClient.set_registered_model_alias

        def overtaken(self: Any, name: str, alias: str, version: str) -> None:
            set_alias(self, name, alias, version)
            set_alias(self, name, alias, "1")

        monkeypatch.setattr(MlflowClient, "set_registered_model_alias", overtaken)
        with pytest.raises(PromotionRefused, match="it is held by version 1"):
            registry.set_alias(two, "champion", one)

    def test_a_registry_that_falls_silent_after_the_move(
        self, store: Any, registry: MlflowRegistry, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The alias has moved, and it is said that this is not known for sure."""
        from mlflow import MlflowClient

        one, two = registry.version("models:/loan/1"), registry.version("models:/loan/2")
        set_alias = MlflowClient.set_registered_model_alias

        def last_word(self: Any, name: str, alias: str, version: str) -> None:
            set_alias(self, name, alias, version)
            monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:////nowhere/mlflow.db")

        monkeypatch.setattr(MlflowClient, "set_registered_model_alias", last_word)
        with pytest.raises(RegistryError) as caught:
            registry.set_alias(two, "champion", one)
        assert str(caught.value) == (
            "loan@champion was set to version 2, and could not be read back: "
            "There is no MLflow registry at sqlite:////nowhere/mlflow.db. Promote once more: it is safe to repeat. "
            "MLFLOW_TRACKING_URI and MLFLOW_REGISTRY_URI say which one is asked."
        )

    def test_an_alias_with_a_newline(self, store: Any, registry: MlflowRegistry) -> None:
        """MLflow would take it, and nobody could tell it from the other."""
        two = registry.version("models:/loan/2")
        with pytest.raises(RegistryError) as caught:
            registry.set_alias(two, "champion\n", None)
        assert str(caught.value) == r"'champion\n' is no alias. Letters, digits, - and _ make one."
