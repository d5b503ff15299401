"""MLflow's model registry behind mlgate's protocol."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from mlgate import Capabilities, Event, Move, RegisteredVersion, RegistryError
from mlgate_mlflow import evidence, guard, ledger, moving
from mlgate_mlflow.client import answering, client
from mlgate_mlflow.downloads import Downloads
from mlgate_mlflow.experiment import identity
from mlgate_mlflow.uris import version_uri
from mlgate_mlflow.versions import find_version, model_version, registered_model, source_of

# MLflow accepts "champion\n" beside "champion"; nobody who reads them would tell the two apart.
_ALIAS = re.compile(r"[A-Za-z0-9_-]+")


class MlflowRegistry:
    """The registry that MLFLOW_REGISTRY_URI (else MLFLOW_TRACKING_URI) names."""

    def __init__(self) -> None:
        self._downloads = Downloads()

    def version(self, uri: str) -> RegisteredVersion:
        """The version that `uri` names now. Raises `ModelError` where there is none."""
        return find_version(uri)

    def uri(self, name: str, version: str) -> str:
        """`models:/name/version`."""
        return version_uri(name, version)

    def capabilities(self, name: str) -> Capabilities:
        """All of it where a guard stands in the server; MLflow alone neither compares and sets, nor keeps a ledger."""
        with answering("MLflow's registry does not say what it is"):
            guarded = guard.guard_of(name)
            if guarded is None:
                return Capabilities(registry=identity())
        return Capabilities(guarded.registry, guarded.workspace, cas=True, server_enforced=True, keeps_ledger=True)

    def holder(self, name: str, alias: str) -> RegisteredVersion | None:
        """Who holds `alias`; None where nobody does. A model that does not exist has no holders either."""
        return moving.holder(name, alias)

    def aliases(self, name: str) -> Mapping[str, str]:
        """Every alias and the version that holds it."""
        with answering(f"MLflow's registry does not say which aliases {name} has"):
            model = registered_model(name)
            return {} if model is None else {str(key): str(value) for key, value in model.aliases.items()}

    def generation(self, name: str, alias: str) -> int:
        """How often `alias` has moved, as the guard counts, else as the ledger does."""
        _refuse_odd(alias)
        with answering(f"MLflow's registry does not say how often {name}@{alias} has moved"):
            guarded = guard.guard_of(name)
            return ledger.generation(name, alias) if guarded is None else guarded.generations.get(alias, 0)

    def fetch(self, version: RegisteredVersion) -> Path:
        """A private copy of the version's files, from where the registry keeps them."""
        return self._downloads.fetch(source_of(version), version.uri)

    def annotate(self, version: RegisteredVersion, tags: Mapping[str, str], documents: Mapping[str, bytes]) -> None:
        """Tags on the version; documents as tags or as artifacts of runs, so that no model's files change."""
        with answering(f"The verdict can't be written to {version.uri}", patient=True):
            written = dict(tags)
            for name, content in documents.items():
                written |= evidence.keep(version, tags, name, content)
            # A guard lets the rest follow what is signed; what it refuses leaves nothing half written.
            for key, value in evidence.signed_first(written):
                client().set_model_version_tag(version.name, version.version, key, value)

    def document(self, version: RegisteredVersion, name: str) -> bytes | None:
        """The document that was last written, checked against the digest beside it; None where there is none."""
        with answering(f"The {name} of {version.uri} can't be read"):
            return evidence.find(version, dict(model_version(version.uri).tags), name)

    def documents(self, version: RegisteredVersion) -> tuple[str, ...]:
        """The names of the version's documents."""
        with answering(f"The documents of {version.uri} can't be listed"):
            return evidence.names(dict(model_version(version.uri).tags))

    def set_alias(self, move: Move, event: Event, authorization: bytes | None) -> None:
        """Through the guard where there is one; else as well as MLflow can, which is no compare-and-set."""
        _refuse_odd(move.alias)
        if self.capabilities(move.version.name).server_enforced:
            moving.guarded(move, authorization)
        else:
            moving.stock(move, event)

    def clear_alias(self, name: str, alias: str, expected: RegisteredVersion, event: Event) -> None:
        """Take the alias away if `expected` holds it."""
        _refuse_odd(alias)
        moving.cleared(name, alias, expected, event)

    def append(self, event: Event) -> None:
        """Write an event down; a guard does that itself."""
        with answering(f"The ledger of {event.model} can't be written"):
            if guard.guard_of(event.model) is None:
                ledger.write(event)

    def history(self, name: str) -> tuple[bytes, ...]:
        """The guard's ledger, or our own."""
        with answering(f"The ledger of {name} can't be read", patient=True):
            return ledger.read(name) if guard.guard_of(name) is None else guard.history(name)

    def head(self, name: str) -> str | None:
        """The hash of the last entry: the guard tells it, else a tag of the registered model does."""
        with answering(f"MLflow's registry does not say where the ledger of {name} ends"):
            model = registered_model(name)
            guarded = guard.read(model)
            if guarded is not None:
                return guarded.head
            return None if model is None else str(model.tags.get(ledger.HEAD, "")).partition(" ")[2] or None


def _refuse_odd(alias: str) -> None:
    if _ALIAS.fullmatch(alias) is None:
        raise RegistryError(f"{alias!r} is no alias.", hint="Letters, digits, - and _ make one.")
