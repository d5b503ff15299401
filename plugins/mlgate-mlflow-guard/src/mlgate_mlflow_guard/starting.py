"""Start: the configuration, the look at MLflow, the tables."""

from __future__ import annotations

from typing import Any

from mlgate import UsageError
from mlgate_mlflow_guard.configuration import configured
from mlgate_mlflow_guard.rehearsal import refuse_strange
from mlgate_mlflow_guard.store import guarded

_DIALECTS = ("sqlite", "postgresql")


def start(database: str) -> Any:
    """The guarded store in a database of MLflow's. Raises `UsageError` where it must not start."""
    from mlflow.environment_variables import MLFLOW_ENABLE_WORKSPACES
    from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore
    from mlflow.store.model_registry.sqlalchemy_workspace_store import WorkspaceAwareSqlAlchemyStore

    if database.partition(":")[0].partition("+")[0] not in _DIALECTS:
        raise UsageError(
            f"it guards registries in {' and '.join(_DIALECTS)}, and not in {database.partition(':')[0] or 'nothing'}.",
            hint="mlgate:sqlite:///registry.db or mlgate:postgresql+psycopg2://user@host/name.",
        )
    configuration = configured()
    base = WorkspaceAwareSqlAlchemyStore if MLFLOW_ENABLE_WORKSPACES.get() else SqlAlchemyStore
    refuse_strange(base)
    return guarded(base)(database, configuration)
