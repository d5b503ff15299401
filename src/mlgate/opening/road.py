"""The one road on which model files are opened: private copy, digest, checks, opening, digest again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.errors import MlgateError, ModelError
from mlgate.opening.admitting import refuse_findings
from mlgate.opening.describing import brief
from mlgate.opening.digests import digest
from mlgate.opening.inspecting import Inspection
from mlgate.opening.staging import PrivateCopy
from mlgate.opening.terms import Terms
from mlgate.spec import Feature, LocatedModel, Model, ModelOpener

if TYPE_CHECKING:
    from mlgate.tabular import Predictions, Table


@dataclass(frozen=True, slots=True)
class StagedModel:
    """A model whose bytes stand still: a private copy of its files, and their digest.

    `located.path` is the copy. `digest` begins with `sha256:` where it binds all of the model; with `source-sha256:`
    where it binds the source file of a factory and nothing that the factory reads; None where there is nothing to bind.
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


Step = Callable[[StagedModel], None]
"""Looks at staged files before they are opened. Raises `ModelError` to keep them closed."""

BEFORE_OPENING: tuple[Step, ...] = (refuse_findings,)


def stage(located: LocatedModel, terms: Terms | None = None) -> StagedModel:
    """A private copy of the model's files and their digest. Raises `ModelError` for files that can't be bound."""
    agreed = terms or Terms()
    if located.path is None:
        return StagedModel(located, f"source-{digest(located.source)}" if located.source else None, agreed)
    copy = PrivateCopy(located.path, agreed.limits)
    staged = replace(located, path=copy.path)
    return StagedModel(staged, digest(copy.path), agreed, Inspection(copy.path), copy)


def digest_model(located: LocatedModel) -> str | None:
    """The digest that `open_model` will find, if the files stay as they are."""
    return stage(located).digest


def open_model(
    model: LocatedModel | StagedModel, opener: ModelOpener, *, steps: Sequence[Step] = BEFORE_OPENING
) -> OpenedModel:
    """The only function that opens model files. Raises `ModelError` with the reason, never another exception."""
    staged = stage(model) if isinstance(model, LocatedModel) else model
    for step in steps:
        step(staged)
    with _no_bytecode():
        opened = _open(staged, opener)
    _refuse_changed(staged)
    return OpenedModel(staged, opened)


def _open(staged: StagedModel, opener: ModelOpener) -> Model:
    try:
        return opener.open(staged.located)
    except MlgateError:
        raise
    except ModuleNotFoundError as error:
        raise ModelError(
            f"The model {staged.uri} needs the Python module {error.name!r}, which is not installed here.",
            hint="Install what the model was trained with, then run again.",
        ) from error
    except (Exception, SystemExit) as error:  # a model that exits must not end the gate, least of all with 0
        raise ModelError(f"The model {staged.uri} can't be opened: {brief(error)}.") from error


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
