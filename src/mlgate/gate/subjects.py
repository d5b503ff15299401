"""The candidate and the champion: found and digested first, opened only when something asks for predictions."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from mlgate import opening
from mlgate.errors import RegistryError
from mlgate.host import Host
from mlgate.results import ModelSubject
from mlgate.spec import LocatedModel, Model, Registry


@dataclass(frozen=True, slots=True)
class Subject:
    """A model that was found: whose it is, the digest that binds its bytes, and how to open it.

    `path` is the private copy of its files, to be read and never run; None where it has none.
    """

    facts: ModelSubject
    open: Callable[[], Model]
    path: Path | None = None


def find(source: object, host: Host) -> Subject:
    """The model that a URI names, or an estimator handed over in Python."""
    if not isinstance(source, str):
        return _in_memory(source)
    located, opener = opening.locate(source, host.model_openers)
    staged = opening.stage(located)
    return Subject(_facts(located, staged.digest), lambda: opening.open_model(staged, opener), staged.path)


def find_champion(stated: object | None, candidate: ModelSubject, alias: str, host: Host) -> Subject | None:
    """The model to compare with: the one stated, or the holder of `alias` of the candidate's registered model.

    None where nobody holds the alias (a first release), or the candidate itself does. A registry that can't be asked
    is an error: not knowing the champion is not the same as having none.
    """
    if stated is not None and not isinstance(stated, str):
        return _in_memory(stated)
    registry = host.registries.get((stated or candidate.uri).partition(":")[0])
    name, asked = _alias_of(stated) if stated is not None else (candidate.name, alias)
    if name is None or asked is None or registry is None:
        return find(stated, host) if stated is not None else None
    return _holder(registry, name, asked, candidate if stated is None else None, host)


def _holder(registry: Registry, name: str, alias: str, candidate: ModelSubject | None, host: Host) -> Subject | None:
    generation = registry.generation(name, alias)  # before the holder: a move in between is then one too many, and seen
    holder = registry.holder(name, alias)
    if holder is None or (candidate is not None and holder.version == candidate.version):
        return None
    found = find(holder.uri, host)
    facts = found.facts
    if facts.version != holder.version:
        raise RegistryError(f"{name}@{alias} is version {holder.version}, but its files are of {facts.version}.")
    return replace(found, facts=replace(facts, alias=alias, generation=generation))


def _alias_of(uri: str) -> tuple[str | None, str | None]:
    """`models:/credit-risk@champion` as its name and alias; (None, None) for what names no alias."""
    _, _, place = uri.partition(":")
    name, separator, alias = place.removeprefix("/").rpartition("@")
    return (name, alias) if separator and "/" not in alias else (None, None)


def _facts(located: LocatedModel, digest: str | None) -> ModelSubject:
    return ModelSubject(
        uri=located.uri,
        digest=digest,
        name=located.name,
        version=located.version,
        alias=located.alias,
        created=located.created,
        registry=located.registry,
    )


def _in_memory(estimator: object) -> Subject:
    uri = f"<{type(estimator).__name__} in memory>"
    return Subject(ModelSubject(uri, _digest_of(estimator)), lambda: opening.adapt(estimator))


def _digest_of(estimator: object) -> str | None:
    """The digest of the estimator's pickle, so that the same one is the same look; None where it has none."""
    try:
        return f"sha256:{hashlib.sha256(pickle.dumps(estimator)).hexdigest()}"
    except Exception:
        return None
