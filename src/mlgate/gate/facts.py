"""The head of a record: who is judged, on what, by which gate, where."""

from __future__ import annotations

import platform
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

import mlgate
from mlgate.errors import MlgateError
from mlgate.gate.demanded import demanded
from mlgate.gate.exposure import exposed_secrets
from mlgate.gate.inputs import Rival
from mlgate.gate.looks import count_look
from mlgate.gate.settings import Settings
from mlgate.gate.subjects import Subject
from mlgate.gate.trusting import trust_in
from mlgate.host import Host
from mlgate.resources import Resources
from mlgate.results import DataSubject, GateFacts, ModelSubject, RunFacts
from mlgate.tabular import Table

# What decides on numbers; more would slow every run for facts that nobody reads.
_LIBRARIES = ("numpy", "polars", "scikit-learn", "mlflow")


def gather(
    settings: Settings, host: Host, resources: Resources, *, id: str, started: datetime, planned: Collection[str]
) -> RunFacts:
    """The facts of this run. What can't be found or read is left out here: the checks that need it say why."""
    candidate, champion = _subject(resources), _rival(settings, resources)
    models = {"candidate": _model(resources), "champion": _champion(resources)}
    return RunFacts(
        id=id,
        mlgate=mlgate.__version__,
        started=started.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        candidate=candidate or _named(settings.model),
        champion=champion,
        data={name: _data(settings, resources, name, candidate, id) for name in sorted(settings.tables)},
        gate=GateFacts(
            confidence=settings.gate.policy.confidence,
            digest=settings.gate.digest,
            path=_path(settings),
            left_out=tuple(sorted(demanded(host, settings.gate) - set(planned))),
        ),
        environment=_environment(host),
        trust=trust_in(settings.gate, settings.request.trust, models),
        secrets=exposed_secrets([candidate, champion], settings.gate),
    )


def with_printed(facts: RunFacts, resources: Resources) -> RunFacts:
    """The facts with what each model wrote to its standard output and error until now."""
    candidate, champion = _model(resources), _champion(resources)
    return replace(facts, candidate=_printed(facts.candidate, candidate), champion=_printed(facts.champion, champion))


def _printed(facts: ModelSubject | None, subject: Subject | None) -> ModelSubject | None:
    if facts is None or facts.sandbox is None or subject is None or subject.printed is None:
        return facts
    return replace(facts, sandbox=replace(facts.sandbox, printed=subject.printed))


def _champion(resources: Resources) -> Subject | None:
    rival = _quietly(resources, "champion")
    return rival.subject if isinstance(rival, Rival) else None


def _model(resources: Resources) -> Subject | None:
    found = _quietly(resources, "candidate")
    return found if isinstance(found, Subject) else None


def _subject(resources: Resources) -> ModelSubject | None:
    found = _model(resources)
    return None if found is None else found.facts


def _quietly(resources: Resources, name: str) -> object:
    try:
        return resources.get(name)
    except MlgateError:
        return None


def _rival(settings: Settings, resources: Resources) -> ModelSubject | None:
    """A champion that is there and can't be used is still a champion: the rules against it must not fall away."""
    rival = _quietly(resources, "champion")
    if isinstance(rival, Rival) and rival.subject is not None:
        return rival.subject.facts
    if isinstance(rival, Rival) and rival.problem is not None and settings.champion is None:
        return ModelSubject(f"the holder of {settings.gate.promote.alias}, which could not be looked up")
    return _named(settings.champion) if not isinstance(rival, Rival) or rival.problem is not None else None


def _named(model: object) -> ModelSubject | None:
    return None if model is None else ModelSubject(model if isinstance(model, str) else f"<{type(model).__name__}>")


def _data(settings: Settings, resources: Resources, name: str, candidate: ModelSubject | None, id: str) -> DataSubject:
    source = settings.tables[name]
    uri = source if isinstance(source, str) else f"<{type(source).__module__.partition('.')[0]} frame>"
    table = _quietly(resources, name) if name in ("test", "train", "sensitive") else None
    if not isinstance(table, Table):
        return DataSubject(uri)
    looks = None
    if name == "test" and candidate is not None:
        looks = count_look(settings.request.state, table.digest, candidate.digest or f"undigested, run {id}")
    return DataSubject(uri, table.digest, table.rows, looks)


def _path(settings: Settings) -> str | None:
    path = settings.gate.path
    if path is None:
        return None
    folder = settings.request.folder.resolve()
    resolved = path.resolve()
    return str(resolved.relative_to(folder)) if resolved.is_relative_to(folder) else str(resolved)


def _environment(host: Host) -> dict[str, str]:
    facts = {"python": platform.python_version(), "platform": platform.platform()}
    facts.update((plugin.distribution, plugin.version) for plugin in host.plugins if plugin.version)
    facts.update(_versions(_LIBRARIES))
    return facts


def _versions(libraries: Iterable[str]) -> Iterable[tuple[str, str]]:
    for library in libraries:
        try:
            yield library, version(library)
        except PackageNotFoundError:
            continue
