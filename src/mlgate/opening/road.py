"""The one road on which model files are opened: private copy, digest, checks, opening, digest again."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.errors import ModelError
from mlgate.opening.admitting import refuse_findings
from mlgate.opening.confined.model import ConfinedModel
from mlgate.opening.digests import digest
from mlgate.opening.inspecting import Inspection
from mlgate.opening.raising import opened
from mlgate.opening.sources import local_sources
from mlgate.opening.staging import PrivateCopy
from mlgate.opening.terms import Terms
from mlgate.results import Sandbox, SandboxLevel
from mlgate.sandbox.confining import Means
from mlgate.sandbox.standing import sandbox_with
from mlgate.spec import Feature, LocatedModel, Model, ModelOpener

if TYPE_CHECKING:
    from mlgate.tabular import Predictions, Table


@dataclass(frozen=True, slots=True)
class StagedModel:
    """A model whose bytes stand still: a private copy of its files, and their digest.

    `located.path` is the copy. `digest` begins with `sha256:` where it binds all of the model; with `source-sha256:`
    where it binds the source file of a factory and its name, and nothing that it reads; None where nothing is bound.
    `inspection` is the look at the copy, None where there are no files; `terms` say what may pass of what it finds.
    """

    located: LocatedModel
    digest: str | None
    terms: Terms = field(default_factory=Terms)
    inspection: Inspection | None = field(default=None, repr=False, compare=False)
    _copy: PrivateCopy | None = field(default=None, repr=False, compare=False)

    @property
    def uri(self) -> str:
        return self.located.uri

    @property
    def path(self) -> Path | None:
        return self.located.path

    @property
    def is_trusted(self) -> bool:
        """Whether somebody vouches for exactly these bytes."""
        return self.digest in self.terms.trusted


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """An opened model with the digest of what was opened. The private copy lives as long as this."""

    staged: StagedModel
    model: Model

    @property
    def uri(self) -> str:
        return self.staged.uri

    @property
    def digest(self) -> str | None:
        return self.staged.digest

    @property
    def features(self) -> tuple[Feature, ...] | None:
        return self.model.features

    def predict(self, table: Table) -> Predictions:
        """Predictions for every row of `table`, in its order."""
        return self.model.predict(table)

    def sources(self) -> dict[str, str]:
        """Path and SHA-256 of the user's own modules that took part in its predictions."""
        return {**local_sources(), **(self.model.sources() if isinstance(self.model, ConfinedModel) else {})}

    @property
    def printed(self) -> str | None:
        """The end of what a confined model wrote to its standard output and error."""
        return self.model.printed if isinstance(self.model, ConfinedModel) else None

    @property
    def given_up(self) -> bool:
        """Whether the process of a confined model was ended with the time of a check: it has to be opened anew."""
        return isinstance(self.model, ConfinedModel) and self.model.given_up

    def close(self) -> None:
        """End the process of a confined model."""
        if isinstance(self.model, ConfinedModel):
            self.model.close()


Step = Callable[[StagedModel], None]
"""Looks at staged files before they are opened. Raises `ModelError` to keep them closed."""

BEFORE_OPENING: tuple[Step, ...] = (refuse_findings,)

_IN_PROCESS = Sandbox(
    SandboxLevel.NONE, ("a Python factory is the user's own code, and runs in the gate's own process",)
)


def sandbox_of(staged: StagedModel) -> Sandbox:
    """How `open_model` confines this model on this platform."""
    return sandbox_with(Means.here()) if staged.path is not None else _IN_PROCESS


def stage(located: LocatedModel, terms: Terms | None = None) -> StagedModel:
    """A private copy of the model's files and their digest. Raises `ModelError` for files that can't be bound."""
    agreed = terms or Terms()
    if located.path is None:
        return StagedModel(located, _source_digest(located), agreed)
    copy = PrivateCopy(located.path, agreed.limits)
    staged = replace(located, path=copy.path)
    return StagedModel(staged, digest(copy.path), agreed, Inspection(copy.path), copy)


def _source_digest(located: LocatedModel) -> str | None:
    """Of the source file and the factory's name: two functions of one module make two models."""
    if located.source is None:
        return None
    bound = f"{digest(located.source)} {located.uri}"
    return f"source-sha256:{hashlib.sha256(bound.encode()).hexdigest()}"


def digest_model(located: LocatedModel) -> str | None:
    """The digest that `open_model` will find, if the files stay as they are."""
    return stage(located).digest


def open_model(
    model: LocatedModel | StagedModel,
    opener: ModelOpener,
    *,
    steps: Sequence[Step] = BEFORE_OPENING,
    confined: bool = True,
) -> OpenedModel:
    """The only function that opens model files. Raises `ModelError` with the reason, never another exception.

    Without `confined` a file is opened in this process, too: for files that this process made itself.
    """
    staged = stage(model) if isinstance(model, LocatedModel) else model
    for step in steps:
        step(staged)
    with _no_bytecode():
        answering = _open(staged, opener, confined)
    _refuse_changed(staged)
    return OpenedModel(staged, answering)


def _open(staged: StagedModel, opener: ModelOpener, confined: bool) -> Model:
    """In a process of its own, wherever the model is a file; a factory is the user's own code, and runs here."""
    if not confined or staged.path is None:
        return opened(staged.located, opener)
    return ConfinedModel(staged.located, opener)


def _refuse_changed(staged: StagedModel) -> None:
    if staged.path is not None and digest(staged.path) != staged.digest:
        raise ModelError(
            f"The files of the model {staged.uri} changed while it was opened, so no verdict can be bound to them.",
            hint="A model must not write into its own folder when it is loaded.",
        )


@contextmanager
def _no_bytecode() -> Iterator[None]:
    """Code inside the model's folder is imported without leaving `__pycache__` there, which is part of the digest."""
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before
