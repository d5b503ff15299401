"""Start: the configuration, the look at MLflow, the tables."""

from __future__ import annotations

from typing import Any

from mlgate import UsageError
from mlgate_mlflow_guard.configuration import configured
from mlgate_mlflow_guard.entry import SCHEME
from mlgate_mlflow_guard.rehearsal import refuse_strange, refuse_strange_workspaces
from mlgate_mlflow_guard.store import guarded
from mlgate_mlflow_guard.workspaces import guarded_workspaces

_DIALECTS = ("sqlite", "postgresql")


def start(database: str) -> Any:
    """The guarded store in a database of MLflow's. Raises `UsageError` where it must not start."""
    from mlflow.environment_variables import MLFLOW_ENABLE_WORKSPACES
    from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore
    from mlflow.store.model_registry.sqlalchemy_workspace_store import WorkspaceAwareSqlAlchemyStore

    _refuse_other(database)
    configuration = configured()
    if MLFLOW_ENABLE_WORKSPACES.get():
        _refuse_open_workspaces()
    base = WorkspaceAwareSqlAlchemyStore if MLFLOW_ENABLE_WORKSPACES.get() else SqlAlchemyStore
    refuse_strange(base)
    return guarded(base)(database, configuration)


def start_workspaces(database: str) -> Any:
    """The guarded store of workspaces. Raises `UsageError` where it must not start."""
    from mlflow.store.workspace.sqlalchemy_store import SqlAlchemyStore

    _refuse_other(database)
    configuration = configured()
    refuse_strange_workspaces(SqlAlchemyStore)
    return guarded_workspaces(SqlAlchemyStore)(database, configuration)


def _refuse_other(database: str) -> None:
    if database.partition(":")[0].partition("+")[0] not in _DIALECTS:
        raise UsageError(
            f"it guards registries in {' and '.join(_DIALECTS)}, and not in {database.partition(':')[0] or 'nothing'}.",
            hint="mlgate:sqlite:///registry.db or mlgate:postgresql+psycopg2://user@host/name.",
        )


def _refuse_open_workspaces() -> None:
    """Deleting a workspace moves its models, aliases and all, to another one, and asks the registry nothing."""
    from mlflow.utils.workspace_utils import resolve_workspace_store_uri

    if not (resolve_workspace_store_uri() or "").startswith(SCHEME):
        raise UsageError(
            "with workspaces it has to guard those too: whoever deletes one moves or deletes the models in it.",
            hint="Start the server with --workspace-store-uri and the URI of --registry-store-uri.",
        )
