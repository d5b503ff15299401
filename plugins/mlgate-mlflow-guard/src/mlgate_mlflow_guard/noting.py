"""Refusals are written down in a transaction of their own: the one that was refused is gone by then."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from mlgate import Event, EventKind
from mlgate_mlflow_guard import books, reading
from mlgate_mlflow_guard.actors import actor
from mlgate_mlflow_guard.reading import Place
from mlgate_mlflow_guard.refusing import Refused
from mlgate_mlflow_guard.sessions import Sessions
from mlgate_mlflow_guard.tables import registry_id

_MOST_REASON = 1000
_MOST_NAME = 256
"""As long as MLflow's own column of aliases; what a stranger sends may be a megabyte."""


@dataclass(frozen=True, slots=True)
class About:
    """What was asked for: `workspace` is None where workspaces are off, `alias` and `version` where none was named."""

    workspace: str | None
    alias: str | None = None
    version: str | None = None


def note(sessions: Sessions, place: Place, refused: Refused, about: About) -> None:
    """Write the refusal down where there is such a model; that this fails does not change the answer."""
    try:
        with sessions.locked(place.workspace, place.name) as session:
            if not reading.exists(session, place):
                return
            event = Event(
                kind=EventKind.REFUSAL,
                time=books.now(),
                registry=registry_id(session),
                workspace=about.workspace,
                model=place.name,
                actor=actor(),
                alias=about.alias[:_MOST_NAME] if about.alias else None,
                version=about.version[:_MOST_NAME] if about.version else None,
                reason=refused.said[:_MOST_REASON],
            )
            books.write(session, place, event)
    except Exception:
        logging.getLogger(__name__).exception("A refusal could not be written down")
