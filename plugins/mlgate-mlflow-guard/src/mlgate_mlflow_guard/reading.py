"""What the database says of a model, read in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from mlgate import RegisteredVersion

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

AUTHORIZATION = "mlgate.authorization"
ATTESTATION = "mlgate.attestation"
_DELETED = "Deleted_Internal"


@dataclass(frozen=True, slots=True)
class Stored:
    """A version that was not deleted, and where its files are."""

    version: RegisteredVersion
    location: str
    stage: str


@dataclass(frozen=True, slots=True)
class Place:
    """A registered model, as the tables key it."""

    workspace: str
    name: str


def version_of(session: Session, place: Place, number: int) -> Stored | None:
    """The version, or None where there is none."""
    from mlflow.store.model_registry.dbmodels.models import SqlModelVersion as Row

    found = session.execute(
        select(Row.creation_time, Row.storage_location, Row.source, Row.current_stage).where(
            Row.workspace == place.workspace, Row.name == place.name, Row.version == number
        )
    ).first()
    if found is None or found.current_stage == _DELETED:
        return None
    uri = f"models:/{place.name}/{number}"
    version = RegisteredVersion(place.name, str(number), uri, created=str(found.creation_time))
    return Stored(version, str(found.storage_location or found.source or ""), str(found.current_stage))


def stages(session: Session, place: Place) -> set[str]:
    """Every stage that a version of the model is in."""
    from mlflow.store.model_registry.dbmodels.models import SqlModelVersion as Row

    here = (Row.workspace == place.workspace, Row.name == place.name)
    return {str(each) for each in session.execute(select(Row.current_stage).where(*here).distinct()).scalars()}


def aliases(session: Session, place: Place) -> dict[str, int]:
    """Every alias of the model, and the number of the version that holds it."""
    from mlflow.store.model_registry.dbmodels.models import SqlRegisteredModelAlias as Row

    here = (Row.workspace == place.workspace, Row.name == place.name)
    return {
        str(found.alias): int(found.version) for found in session.execute(select(Row.alias, Row.version).where(*here))
    }


def tag(session: Session, place: Place, number: str, key: str) -> str | None:
    """A tag of a version, or None."""
    from mlflow.store.model_registry.dbmodels.models import SqlModelVersionTag as Row

    value = session.execute(
        select(Row.value).where(
            Row.workspace == place.workspace, Row.name == place.name, Row.version == int(number), Row.key == key
        )
    ).scalar()
    return None if value is None else str(value)


def exists(session: Session, place: Place) -> bool:
    """Whether there is such a model."""
    from mlflow.store.model_registry.dbmodels.models import SqlRegisteredModel as Row

    here = (Row.workspace == place.workspace, Row.name == place.name)
    return session.execute(select(Row.name).where(*here)).first() is not None
