"""The whole plugin contract on one page: hooks that declare, and the protocols of what they hand over.

A hook returns frozen records; nothing that a user sees runs inside one. The runner calls checks itself, isolated
and timed. A plugin is an entry point of the group `mlgate`, or the file `mlgate_checks.py` beside `mlgate.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import pluggy

if TYPE_CHECKING:
    from mlgate.checks import Check
    from mlgate.engines import Engine
    from mlgate.ledger import Event
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
    `via` is a path of the files by which another opener opens them, where a registry keeps files of any kind.
    `created` and `registry` say which version of that number, and of which registry.
    """

    asked: str
    uri: str
    path: Path | None
    name: str | None = None
    version: str | None = None
    alias: str | None = None
    source: Path | None = None
    via: str | None = None
    created: str | None = None
    registry: str | None = None

    @classmethod
    def of(
        cls, asked: str, version: RegisteredVersion, files: Path, alias: str | None, registry: str | None
    ) -> LocatedModel:
        """A registered version, opened by whoever opens `files`, or the one file in there.

        The digest of a file is that of the folder around it.
        """
        content = sorted(files.iterdir()) if files.is_dir() else []
        one = len(content) == 1 and content[0].is_file() and content[0].name != "MLmodel"
        path = content[0] if one else files
        return cls(
            asked=asked,
            uri=version.uri,
            path=path,
            name=version.name,
            version=version.version,
            alias=alias,
            via=str(path),
            created=version.created,
            registry=registry,
        )


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


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a registry can do, said as it is. `registry` is its own name for itself, the same from every machine.

    `cas`: it compares and sets in one step. `server_enforced`: it refuses a move without a signed authorization,
    whoever asks. `keeps_ledger`: it writes moves and refusals down itself. `slot`: what moves, as people call it.
    """

    registry: str
    workspace: str | None = None
    cas: bool = False
    server_enforced: bool = False
    keeps_ledger: bool = False
    slot: str = "alias"


class Registry(Protocol):
    """A model registry. Every method raises `RegistryError` when the registry can't be reached.

    `mlgate.testing.RegistryContract` holds an implementation to this.
    """

    def capabilities(self, name: str) -> Capabilities:
        """What it can do for the registered model `name`."""
        ...

    def version(self, uri: str) -> RegisteredVersion:
        """The version that `uri` names now; an alias is resolved. Raises `ModelError` where there is none."""
        ...

    def uri(self, name: str, version: str) -> str:
        """The URI of a version by its number."""
        ...

    def holder(self, name: str, alias: str) -> RegisteredVersion | None:
        """The version that holds `alias`, or None where nobody does."""
        ...

    def aliases(self, name: str) -> Mapping[str, str]:
        """Every alias of the model and the version that holds it; empty where there is no such model."""
        ...

    def generation(self, name: str, alias: str) -> int:
        """How often `alias` has moved, as far as the ledger knows."""
        ...

    def fetch(self, version: RegisteredVersion) -> Path:
        """A private local copy of the version's files."""
        ...

    def annotate(self, version: RegisteredVersion, tags: Mapping[str, str], documents: Mapping[str, bytes]) -> None:
        """Tags on the version for people; documents (`record`, `attestation`, `approval-...`) beside its files."""
        ...

    def document(self, version: RegisteredVersion, name: str) -> bytes | None:
        """The document that was last written under that name, or None."""
        ...

    def documents(self, version: RegisteredVersion) -> tuple[str, ...]:
        """The names of the documents that the version has."""
        ...

    def set_alias(self, move: Move, event: Event, authorization: bytes | None) -> None:
        """Move the alias if `move.expected` holds it and it has moved `move.generation` times; write `event` down.

        Raises `AliasMoved` where somebody else was faster, `PromotionRefused` where the registry itself refuses,
        `OutcomeUnknown` where the answer was lost.
        """
        ...

    def clear_alias(self, name: str, alias: str, expected: RegisteredVersion, event: Event) -> None:
        """Take the alias away if `expected` holds it; write `event` down. Raises as `set_alias`."""
        ...

    def append(self, event: Event) -> None:
        """Write down what is no move. Nothing is done where the registry keeps the ledger itself."""
        ...

    def history(self, name: str) -> tuple[bytes, ...]:
        """The ledger of the model, entry by entry, as stored: `mlgate.read_chain` reads and checks it."""
        ...

    def head(self, name: str) -> str | None:
        """The hash of an entry as late as possible, kept apart from the ledger; None where nothing keeps it."""
        ...


class Reporter(Protocol):
    """Draws a record. Everything in a record but our own words is hostile text: escape it."""

    def render(self, record: Record) -> str: ...


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a report that knows its own places: `lines` are for stdout, `complaints` what was not written."""

    lines: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()


@runtime_checkable
class Publisher(Protocol):
    """A reporter that also knows where its report belongs: `--report NAME`, without a path, calls `publish`."""

    def publish(self, record: Record, kept: Path | None) -> Published:
        """Write the report to its places; `kept` is the record's file. A fault is a complaint, and no exception."""
        ...


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
def mlgate_engines() -> Sequence[Engine]:
    """At start: programs with pins of their own, which `mlgate engines` lists and builds, and `ask` runs.

    Example: `return [DEEPCHECKS]`
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
