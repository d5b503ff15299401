"""What the database says of a model, read in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

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


class Use(NamedTuple):
    """An alias or a stage by which a model of a workspace is loaded; the other one is empty."""

    name: str
    alias: str = ""
    stage: str = ""


def in_use(session: Session, workspace: str) -> set[Use]:
    """Every alias and stage of every model in the workspace."""
    from mlflow.store.model_registry.dbmodels.models import SqlModelVersion, SqlRegisteredModelAlias

    aliased = select(SqlRegisteredModelAlias.name, SqlRegisteredModelAlias.alias)
    staged = select(SqlModelVersion.name, SqlModelVersion.current_stage).distinct()
    return {
        *(Use(row.name, alias=row.alias) for row in session.execute(aliased.filter_by(workspace=workspace))),
        *(
            Use(row.name, stage=row.current_stage or "")
            for row in session.execute(staged.filter_by(workspace=workspace))
        ),
    }


def exists(session: Session, place: Place) -> bool:
    """Whether there is such a model."""
    from mlflow.store.model_registry.dbmodels.models import SqlRegisteredModel as Row

    here = (Row.workspace == place.workspace, Row.name == place.name)
    return session.execute(select(Row.name).where(*here)).first() is not None
