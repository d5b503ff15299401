"""The registry: who holds an alias, records written and read back; from SQLite and over HTTP."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from mlgate import ModelError, RegistryError
from mlgate.opening import digest
from mlgate_mlflow.registry import MlflowRegistry

DIGEST_TAG = "mlgate.record-digest"


@pytest.fixture
def registry() -> MlflowRegistry:
    return MlflowRegistry()


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
            registry.annotate(version, tags(record), {"record": record})
            assert registry.document(version, "record") == record

    def test_the_verdict_stands_on_the_version(self, store: Any, registry: MlflowRegistry) -> None:
        """As tags, for people and searches."""
        version = registry.version("models:/loan/2")
        registry.annotate(version, tags(b"{}"), {"record": b"{}"})
        found = store.client.get_model_version("loan", "2").tags
        assert found["mlgate.decision"] == "allowed"
        assert found["mlgate.record-uri"].startswith("runs:/")

    def test_writing_back_leaves_the_model_s_files_as_they_are(self, store: Any, registry: MlflowRegistry) -> None:
        """The record binds their digest."""
        version = registry.version("models:/loan/2")
        before = digest(registry.fetch(version))
        registry.annotate(version, tags(b"{}"), {"record": b"{}"})
        assert digest(registry.fetch(version)) == before

    def test_a_version_that_nobody_judged(self, store: Any, registry: MlflowRegistry) -> None:
        """None, not an error."""
        assert registry.document(registry.version("models:/loan/1"), "record") is None

    @pytest.mark.parametrize("changed", ["record", "digest"])
    def test_a_record_that_was_swapped(
        self, store: Any, registry: MlflowRegistry, changed: str, tmp_path: Path
    ) -> None:
        """Artifacts and tags are anybody's to write over; one without the other tells."""
        version = registry.version("models:/loan/2")
        registry.annotate(version, tags(b"{}"), {"record": b"{}"})
        uri = store.client.get_model_version("loan", "2").tags["mlgate.record-uri"]
        if changed == "digest":
            store.client.set_model_version_tag("loan", "2", DIGEST_TAG, "sha256:0")
        else:
            (tmp_path / "record.json").write_text('{"verdict": "allowed"}')
            store.client.log_artifact(uri.split("/")[1], str(tmp_path / "record.json"))
        with pytest.raises(RegistryError) as caught:
            registry.document(version, "record")
        assert str(caught.value) == (
            f"The record of models:/loan/2 at {uri} is not the one that was written: its digest is another. "
            "Judge the version again: `mlgate run --model models:/loan/2`."
        )

    def test_a_tag_that_names_no_artifact(self, store: Any, registry: MlflowRegistry) -> None:
        """Tags are anybody's to write."""
        version = registry.version("models:/loan/2")
        store.client.set_model_version_tag("loan", "2", "mlgate.record-uri", "/etc/passwd")
        with pytest.raises(RegistryError) as caught:
            registry.document(version, "record")
        assert caught.value.message == (
            "The tag mlgate.record-uri of models:/loan/2 names no artifact of a run: '/etc/passwd'."
        )

    def test_nothing_is_printed(self, store: Any, registry: MlflowRegistry, capfd: pytest.CaptureFixture[str]) -> None:
        """MLflow prints the address of a run that ends."""
        version = registry.version("models:/loan/2")
        registry.annotate(version, tags(b"{}"), {"record": b"{}"})
        registry.document(version, "record")
        assert capfd.readouterr() == ("", "")
