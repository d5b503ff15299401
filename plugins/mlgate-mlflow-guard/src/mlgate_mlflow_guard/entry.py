"""What MLflow calls for `--registry-store-uri mlgate:...`.

Every command of MLflow imports this module, so it imports nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SCHEME = "mlgate:"


def build_store(store_uri: str, tracking_uri: str | None = None) -> Any:
    """The guarded registry in the database that follows the scheme: `mlgate:sqlite:///registry.db`.

    A wrong configuration ends a command of MLflow with one sentence; elsewhere it raises `MlflowException`.
    """
    from mlgate_mlflow_guard.starting import start

    return _started(start, store_uri)


def build_workspace_store(workspace_uri: str) -> Any:
    """The guarded workspaces in that database, for `--workspace-store-uri mlgate:...`; raises as `build_store` does."""
    from mlgate_mlflow_guard.starting import start_workspaces

    return _started(start_workspaces, workspace_uri)


def _started(start: Callable[[str], Any], uri: str) -> Any:
    from mlflow.exceptions import MlflowException

    from mlgate import UsageError

    try:
        return start(uri.removeprefix(SCHEME))
    except UsageError as error:
        if _in_a_command():
            raise SystemExit(f"mlgate's guard does not start: {error}") from None
        raise MlflowException.invalid_parameter_value(f"mlgate's guard does not start: {error}") from error


def _in_a_command() -> bool:
    """Whether this is a command line, where MLflow would print a page before the sentence."""
    import click

    return click.get_current_context(silent=True) is not None
