"""The look at MLflow before the guard starts: are its methods those that the guard stands in front of?"""

from __future__ import annotations

import inspect
from collections.abc import Mapping

from mlgate import UsageError

_GUARDED: Mapping[str, tuple[str, ...]] = {
    "set_registered_model_alias": ("name", "alias", "version"),
    "delete_registered_model_alias": ("name", "alias"),
    "transition_model_version_stage": ("name", "version", "stage", "archive_existing_versions"),
    "rename_registered_model": ("name", "new_name"),
    "delete_registered_model": ("name",),
    "delete_model_version": ("name", "version"),
    "create_registered_model": ("name", "tags", "description"),
    "create_model_version": ("name", "source", "run_id", "tags"),
    "set_registered_model_tag": ("name", "tag"),
    "set_model_version_tag": ("name", "version", "tag"),
    "delete_model_version_tag": ("name", "version", "key"),
    "get_registered_model": ("name",),
    "search_model_versions": ("filter_string", "max_results", "order_by", "page_token"),
}
_HARMLESS = {"update_registered_model", "update_model_version", "delete_registered_model_tag", "copy_model_version"}
"""Writes to a description or to tags that carry nothing; a copy is made by `create_model_version`."""
_WORKSPACE_WRITES = {"create_workspace", "update_workspace", "delete_workspace"}
_ABOUT_OTHER_THINGS = ("webhook", "prompt")
"""Prompts go through the methods above."""
_WRITES = ("set_", "delete_", "update_", "rename_", "transition_", "create_", "copy_", "move_", "restore_")
_COLUMNS = {
    "SqlRegisteredModel": ("workspace", "name"),
    "SqlRegisteredModelAlias": ("workspace", "name", "alias", "version"),
    "SqlModelVersion": ("workspace", "name", "version", "creation_time", "storage_location", "source", "current_stage"),
    "SqlModelVersionTag": ("workspace", "name", "version", "key", "value"),
}


def refuse_strange(base: type) -> None:
    """Raises `UsageError` where MLflow's store is not the one that this guard was written for.

    A write that is not known here, a method with other parameters, or one that opens no session of ours: each would
    be a way around.
    """
    from mlflow.store.model_registry.dbmodels import models

    for name, parameters in _GUARDED.items():
        method = getattr(base, name, None)
        found = () if method is None else tuple(inspect.signature(method).parameters)[1:]
        if found[: len(parameters)] != parameters:
            raise _strange(f"{name} takes {', '.join(found) or 'nothing'}")
        if name not in ("get_registered_model", "search_model_versions") and not _opens_session(method):
            raise _strange(f"{name} opens no session that the guard could hand out")
    for name in dir(base):
        if name.startswith(_WRITES) and name not in _GUARDED and not _is_harmless(name):
            raise _strange(f"{name} is not known")
    for table, columns in _COLUMNS.items():
        missing = [column for column in columns if not hasattr(getattr(models, table, None), column)]
        if missing:
            raise _strange(f"the table {table} has no {missing[0]}")


def refuse_strange_workspaces(base: type) -> None:
    """Raises `UsageError` where MLflow's store of workspaces is another one."""
    method = getattr(base, "delete_workspace", None)
    found = () if method is None else tuple(inspect.signature(method).parameters)[1:]
    if found[:2] != ("workspace_name", "mode") or not _opens_session(method):
        raise _strange(f"delete_workspace takes {', '.join(found)}, or opens no session that the guard could hand out")
    for name in dir(base):
        if name.startswith(_WRITES) and name not in _WORKSPACE_WRITES:
            raise _strange(f"{name} is not known")


def _opens_session(method: object) -> bool:
    """Whether the method asks the store for a session, by the names in its code."""
    return "ManagedSessionMaker" in inspect.unwrap(method).__code__.co_names  # type: ignore[arg-type]


def _is_harmless(name: str) -> bool:
    return name in _HARMLESS or any(word in name for word in _ABOUT_OTHER_THINGS)


def _strange(what: str) -> UsageError:
    import mlflow

    return UsageError(
        f"it was not written for MLflow {mlflow.__version__}: {what}.",
        hint="Install an MLflow that its README lists, or a newer mlgate-mlflow-guard.",
    )
