"""The whole plugin contract on one page: eight hooks that declare, and the protocols of what they hand over.

A hook returns frozen records; nothing that a user sees runs inside one. The runner calls checks itself, isolated
and timed. A plugin is an entry point of the group `mlgate`, or the file `mlgate_checks.py` beside `mlgate.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pluggy

if TYPE_CHECKING:
    from mlgate.checks import Check
    from mlgate.resources import ResourceProvider
    from mlgate.results import CheckRun, Record, RunFacts
    from mlgate.tabular import Predictions, Table

PROJECT = "mlgate"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


# --- what plugins hand over ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LocatedModel:
    """A model that was found and not yet opened. `path` is a local file or folder, None for a Python factory.

    `uri` names exactly these bytes where the registry can (`models:/credit-risk/7`); `asked` is what the user wrote.
    `source` is the file that is digested where the model has none of its own: the module of a Python factory.
    """

    asked: str
    uri: str
    path: Path | None
    name: str | None = None
    version: str | None = None
    alias: str | None = None
    source: Path | None = None


class FeatureKind(StrEnum):
    """What a column must hold, in words for people."""

    INTEGER = "whole numbers"
    NUMBER = "numbers"
    BOOLEAN = "true or false"
    TEXT = "text"
    TIME = "dates or times"


@dataclass(frozen=True, slots=True)
class Feature:
    """A column that a model reads. `kind` is None where the model does not say; an optional one may be missing."""

    name: str
    kind: FeatureKind | None = None
    required: bool = True


class Model(Protocol):
    """An opened model."""

    @property
    def features(self) -> tuple[Feature, ...] | None:
        """The columns it reads; None where it does not say, and then gets all but label, weight and entity."""
        ...

    def predict(self, table: Table) -> Predictions:
        """Predictions for every row of `table`, in its order."""
        ...


class ModelOpener(Protocol):
    """Finds and opens models by URI. The core digests what `locate` found before `open` is called."""

    accepts: str
    """What it opens, for people: `models:/name@alias, models:/name/3, runs:/...`."""

    def claims(self, uri: str) -> bool:
        """Whether this opener is the one for `uri`; answers from the text and the file system, without network."""
        ...

    def locate(self, uri: str) -> LocatedModel:
        """Resolve aliases and bring the files into reach. Raises `ModelError` or `RegistryError`."""
        ...

    def open(self, model: LocatedModel) -> Model:
        """Load the model. Only `mlgate.opening` calls this. Raises `ModelError`."""
        ...


class TableOpener(Protocol):
    """Opens tables by URI."""

    accepts: str

    def claims(self, uri: str) -> bool: ...

    def open(self, uri: str) -> Table:
        """A lazy table. Raises `DataError`."""
        ...


@dataclass(frozen=True, slots=True)
class RegisteredVersion:
    """One version in a registry. `created` (as the registry tells it) outlives a version number that is reused."""

    name: str
    version: str
    uri: str
    created: str


@dataclass(frozen=True, slots=True)
class Move:
    """A move of an alias that is asked for, told so closely that it can happen once.

    `expected` holds the alias now; `generation` is how often it has moved so far, so that a move that was undone is
    not the same move again. `registry` and `workspace` name the place: the same names stand in others.
    """

    version: RegisteredVersion
    alias: str
    expected: RegisteredVersion | None
    generation: int
    registry: str
    workspace: str | None = None


@dataclass(frozen=True, slots=True)
class AliasMove:
    """A moved alias. `cas` says whether the registry compared and set in one step."""

    name: str
    alias: str
    version: str
    previous: str | None
    cas: bool


class Registry(Protocol):
    """A model registry. Every method raises `RegistryError` when the registry can't be reached."""

    def version(self, uri: str) -> RegisteredVersion:
        """The version that `uri` names now; an alias is resolved."""
        ...

    def holder(self, name: str, alias: str) -> RegisteredVersion | None:
        """The version that holds `alias`, or None where nobody does."""
        ...

    def fetch(self, version: RegisteredVersion) -> Path:
        """A private local copy of the version's files."""
        ...

    def annotate(self, version: RegisteredVersion, tags: Mapping[str, str], record: bytes | None) -> None:
        """Write the verdict back: tags on the version, the record beside its files."""
        ...

    def record(self, version: RegisteredVersion) -> bytes | None:
        """The record that was last written back, or None."""
        ...

    def set_alias(self, version: RegisteredVersion, alias: str, expected: RegisteredVersion | None) -> AliasMove:
        """Move `alias` to `version` if `expected` still holds it. Raises `PromotionRefused` where it does not."""
        ...


class Reporter(Protocol):
    """Draws a record. Everything in a record but our own words is hostile text: escape it."""

    def render(self, record: Record) -> str: ...


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The run begins; `checks` are the ids in the order of the plan."""

    facts: RunFacts
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckFinished:
    """One check ran; `done` of `total` are finished."""

    run: CheckRun
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The record is written."""

    record: Record


# --- the hooks, in the order in which a run meets them ----------------------------------------------------------


@hookspec
def mlgate_checks() -> Sequence[Check]:
    """At start: the checks of this plugin.

    Example: `return [profit_per_loan]`
    """
    raise AssertionError("a hook specification is never called")


@hookspec
def mlgate_resources() -> Sequence[ResourceProvider]:
    """At start: providers of named resources; each names the resources it needs as parameters.

    Example: `return [ResourceProvider("prices", load_prices, "Prices by product.")]`
    """
    raise AssertionError("a hook specification is never called")


@hookspec
def mlgate_model_openers() -> Sequence[ModelOpener]:
    """At start: what opens models. Two that claim one URI are an error that names both distributions.

    Example: `return [MlflowOpener()]`
    """
    raise AssertionError("a hook specification is never called")


@hookspec
def mlgate_table_openers() -> Sequence[TableOpener]:
    """At start: what opens tables.

    Example: `return [IcebergOpener()]`
    """
    raise AssertionError("a hook specification is never called")


@hookspec
def mlgate_registries() -> Mapping[str, Registry]:
    """At start: registries by the URI scheme of their models.

    Example: `return {"models": MlflowRegistry()}`
    """
    raise AssertionError("a hook specification is never called")


@hookspec
def mlgate_reporters() -> Mapping[str, Reporter]:
    """At start: report formats by the name that `--report NAME=PATH` takes.

    Example: `return {"junit": JUnitReporter()}`
    """
    raise AssertionError("a hook specification is never called")


@hookspec
def mlgate_run_started(event: RunStarted) -> None:
    """When the plan stands and nothing was measured yet. An observer's error never changes a verdict.

    Example: `print(len(event.checks))`
    """


@hookspec
def mlgate_check_finished(event: CheckFinished) -> None:
    """After each check, in the order in which they finish.

    Example: `print(event.run.check)`
    """


@hookspec
def mlgate_run_finished(event: RunFinished) -> None:
    """After the record is written.

    Example: `print(event.record.verdict.decision)`
    """
