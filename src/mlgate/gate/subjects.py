"""The candidate and the champion: found and digested first, opened only when something asks for predictions."""

from __future__ import annotations

import hashlib
import pickle
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from mlgate import opening
from mlgate.deadlines import asking
from mlgate.errors import MlgateError, ModelError, RegistryError
from mlgate.host import Host
from mlgate.opening.terms import Terms
from mlgate.results import Finding, ModelSubject, Sandbox, SandboxLevel
from mlgate.spec import LocatedModel, Model, Registry

T = TypeVar("T")
_HANDED_OVER = Sandbox(SandboxLevel.NONE, ("it was handed over in Python, and lives in the gate's own process",))


class Subject:
    """A model that was found: whose it is, the digest that binds its bytes, and how to open it.

    `staged` has its files with all that is known of them; None for an estimator handed over in Python.
    `anew` opens another one, where `open` would give the very same object.
    """

    def __init__(
        self,
        facts: ModelSubject,
        open: Callable[[], Model],
        staged: opening.StagedModel | None = None,
        anew: Callable[[], Model] | None = None,
    ) -> None:
        self.facts = facts
        self.staged = staged
        self._open = open
        self._anew = anew or open
        self._guard: Callable[[ModelSubject], None] | None = None
        self._lock = threading.Lock()
        self._model: Model | None = None
        self._problem: MlgateError | None = None

    @property
    def path(self) -> Path | None:
        """The private copy of its files, to be read and never run; None where it has none."""
        return None if self.staged is None else self.staged.path

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Whatever speaks against opening it, found at the first asking; those that are let pass, too."""
        inspection = None if self.staged is None else self.staged.inspection
        return () if inspection is None else inspection.found().findings

    def overridden(self, *, trusted: bool) -> tuple[Finding, ...]:
        """What trust in its digest lets pass, or its leave to bring code."""
        return () if self.staged is None else opening.overridden(self.staged, trusted=trusted)

    def guarded(self, guard: Callable[[ModelSubject], None]) -> Subject:
        """This subject, which `guard` may refuse to admit, too."""
        self._guard = guard
        return self

    def admit(self) -> None:
        """Raises `ModelClosed` where something was found that its terms do not let pass, `ModelError` where it would
        run with less of a sandbox than the gate file demands."""
        if self.staged is not None:
            opening.refuse_findings(self.staged)
        if self._guard is not None:
            self._guard(self.facts)

    def open(self) -> Model:
        """The model, opened at the first call: one process for all its predictions. Raises `ModelError`.

        It is opened anew where its process was ended with the time of a check.
        """
        with asking(f"opening the model {self.facts.uri}"), self._lock:
            if self._problem is not None:
                raise self._problem
            if self._model is None or _given_up(self._model):
                try:
                    self._model = self._open()
                except MlgateError as problem:
                    self._problem = problem
                    raise
            return self._model

    def asked(self, ask: Callable[[Model], T]) -> T:
        """What `ask` gets from the model; asked again where another check's time ended the process meanwhile."""
        model = self.open()
        try:
            return ask(model)
        except ModelError:
            if not _given_up(model):
                raise
            return ask(self.open())

    def again(self) -> Subject:
        """The same model, to be opened by itself: it shares no process and no object with this one."""
        return Subject(self.facts, self._anew, self.staged)

    @property
    def printed(self) -> str | None:
        """The end of what the model wrote to its standard output and error in a process of its own."""
        return self._model.printed if isinstance(self._model, opening.OpenedModel) else None

    def close(self) -> None:
        """End the process that the model runs in, if it has one."""
        if isinstance(self._model, opening.OpenedModel):
            self._model.close()


def _given_up(model: Model) -> bool:
    return isinstance(model, opening.OpenedModel) and model.given_up


def find(source: object, host: Host, terms: Terms | None = None) -> Subject:
    """The model that a URI names, to be opened on these terms, or an estimator handed over in Python."""
    if not isinstance(source, str):
        return _in_memory(source)
    located, opener = opening.locate(source, host.model_openers)
    staged = opening.stage(located, terms)
    facts = replace(_facts(located, staged.digest), sandbox=opening.sandbox_of(staged))
    return Subject(facts, lambda: opening.open_model(staged, opener), staged)


def find_champion(
    stated: object | None, candidate: ModelSubject, alias: str, host: Host, terms: Terms | None = None
) -> Subject | None:
    """The model to compare with: the one stated, or the holder of `alias` of the candidate's registered model.

    None where nobody holds the alias (a first release), or the candidate itself does. A registry that can't be asked
    is an error: not knowing the champion is not the same as having none.
    """
    if stated is not None and not isinstance(stated, str):
        return _in_memory(stated)
    registry = host.registries.get((stated or candidate.uri).partition(":")[0])
    name, asked = _alias_of(stated) if stated is not None else (candidate.name, alias)
    if name is None or asked is None or registry is None:
        return find(stated, host, terms) if stated is not None else None
    return _holder(registry, name, asked, candidate if stated is None else None, lambda uri: find(uri, host, terms))


def _holder(
    registry: Registry, name: str, alias: str, candidate: ModelSubject | None, found_at: Callable[[str], Subject]
) -> Subject | None:
    generation = registry.generation(name, alias)  # before the holder: a move in between is then one too many, and seen
    holder = registry.holder(name, alias)
    if holder is None or (candidate is not None and holder.version == candidate.version):
        return None
    found = found_at(holder.uri)
    facts = found.facts
    if facts.version != holder.version:
        raise RegistryError(f"{name}@{alias} is version {holder.version}, but its files are of {facts.version}.")
    found.facts = replace(facts, alias=alias, generation=generation)
    return found


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
    facts = ModelSubject(uri, _digest_of(estimator), sandbox=_HANDED_OVER)
    return Subject(facts, lambda: opening.adapt(estimator), anew=lambda: opening.adapt(_copied(estimator)))


def _copied(estimator: object) -> object:
    """The estimator after the round trip that saving and loading it would be. Raises `ModelError` where it has none."""
    try:
        return pickle.loads(pickle.dumps(estimator))  # noqa: S301  # nosec B301 # its own words
    except Exception as error:
        raise ModelError(
            f"The model in memory can't be pickled, so it can't be saved and served: {error}.",
            hint="Define its class and functions in a module that can be imported.",
        ) from error


def _digest_of(estimator: object) -> str | None:
    """The digest of the estimator's pickle, so that the same one is the same look; None where it has none."""
    try:
        return f"sha256:{hashlib.sha256(pickle.dumps(estimator)).hexdigest()}"
    except Exception:
        return None
