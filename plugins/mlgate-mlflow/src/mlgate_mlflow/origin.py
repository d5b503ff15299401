"""Where a model comes from, by MLflow's tracking server: its run, its data, and the texts that are kept beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from mlgate import NotApplicable
from mlgate_mlflow.client import answering, client
from mlgate_mlflow.uris import SCHEMES, logged_model, of_run, registered
from mlgate_mlflow.versions import existing, model_version, registered_model

if TYPE_CHECKING:
    from mlflow.entities import Run

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Origin:
    """What the server says of a model.

    `run` is the id of the run that made it, None where there is none (any more). `texts` are names and values by the
    place where they are kept: "params of the run", "tags of the version". `datasets` are the data sets that the run
    logged, by name, with MLflow's own digest of each, which binds no more than a sample of the rows.
    """

    run: str | None
    texts: Mapping[str, Texts] = field(default_factory=dict)
    datasets: Mapping[str, str] = field(default_factory=dict)


class Facts(Protocol):
    """Which model it is."""

    @property
    def uri(self) -> str: ...


class Candidate(Protocol):
    """The model under test, as far as its name goes."""

    @property
    def facts(self) -> Facts: ...


def origin(candidate: Candidate) -> Origin:
    """Asks the server that the model was fetched from. Raises `NotApplicable` for a model that came from none."""
    uri = candidate.facts.uri
    if not uri.startswith(SCHEMES):
        raise NotApplicable("the model was not fetched from a tracking server.")
    with answering(f"MLflow's server does not say where {uri} comes from"):
        run_id, texts = _kept(uri)
        run = existing(lambda: client().get_run(run_id)) if run_id else None
        return Origin(
            run.info.run_id if run is not None else None,
            {place: dict(kept) for place, kept in {**texts, **_of_run(run)}.items() if kept},
            {each.dataset.name: each.dataset.digest for each in run.inputs.dataset_inputs} if run is not None else {},
        )


def _kept(uri: str) -> tuple[str | None, dict[str, Texts]]:
    """The id of the model's run, and the texts that are kept of the version or the logged model itself."""
    if registered(uri) is not None:
        version = model_version(uri)
        model = registered_model(str(version.name))
        texts = {"tags of the version": {**version.tags, **_described(version)}}
        if model is not None:
            texts["tags of the registered model"] = {**model.tags, **_described(model)}
        return version.run_id, {**texts, **_of_logged(version.model_id)}
    if (id := logged_model(uri)) is not None:
        logged = existing(lambda: client().get_logged_model(id))
        return (logged.source_run_id if logged is not None else None), _of_logged(id)
    place = of_run(uri)
    return (place.run if place is not None else None), {}


def _described(entity: object) -> Texts:
    description = getattr(entity, "description", None)
    return {"description": str(description)} if description else {}


def _of_logged(id: str | None) -> dict[str, Texts]:
    model = existing(lambda: client().get_logged_model(id)) if id else None
    if model is None:
        return {}
    return {"params of the logged model": model.params or {}, "tags of the logged model": model.tags or {}}


def _of_run(run: Run | None) -> dict[str, Texts]:
    return {} if run is None else {"params of the run": run.data.params, "tags of the run": run.data.tags}
