"""MLflow's workspaces with the guard in front: deleting one moves its models to another, or deletes them with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlgate_mlflow_guard import reading
from mlgate_mlflow_guard.configuration import Configuration
from mlgate_mlflow_guard.noting import About, note
from mlgate_mlflow_guard.reading import Place
from mlgate_mlflow_guard.refusing import Refused, Rule, answering
from mlgate_mlflow_guard.sessions import Sessions, joining
from mlgate_mlflow_guard.tables import prepare

if TYPE_CHECKING:
    _Store = Any
else:
    _Store = object


class GuardedWorkspaces(_Store):  # type: ignore[misc]
    """A mixin over MLflow's SQL store of workspaces; `guarded_workspaces` makes the class."""

    ManagedSessionMaker: Any

    def __init__(self, db_uri: str, configuration: Configuration) -> None:
        super().__init__(db_uri)
        prepare(self._engine)
        self._policy = configuration.policy
        self._sessions = Sessions(self._engine)
        self.ManagedSessionMaker = joining(self.ManagedSessionMaker)

    def delete_workspace(self, workspace_name: str, *mode: Any, **named: Any) -> None:
        """Delete a workspace in which no model holds what is protected."""
        with answering():
            with self._sessions.locked(workspace_name) as session:
                found = self._held(reading.in_use(session, workspace_name))
                if found is None:
                    super().delete_workspace(workspace_name, *mode, **named)
                    return
            name, held = found
            refused = Refused(
                Rule.WORKSPACE,
                f"{name} in the workspace {workspace_name} has {held}, which is protected: it would go or move with "
                "the workspace.",
                "Whoever may change the guard's configuration may take the model out of it.",
            )
            note(self._sessions, Place(workspace_name, name), refused, About(workspace_name))
            raise refused

    def _held(self, in_use: set[reading.Use]) -> tuple[str, str] | None:
        """The first model by name that has something protected, and what that is."""
        for use in sorted(in_use):
            if self._policy.demand(use.name, use.alias) is not None or self._policy.stage(use.name, use.stage):
                return use.name, use.alias or use.stage
        return None


def guarded_workspaces(base: type) -> type:
    """The guard over MLflow's store of workspaces."""
    return type("GuardedWorkspaceStore", (GuardedWorkspaces, base), {})
