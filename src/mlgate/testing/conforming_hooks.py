"""What a plugin's hooks declare, and where they do not fit the specification."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pluggy

from mlgate import spec
from mlgate.checks import Check
from mlgate.resources import ResourceProvider

_EVENTS = ("mlgate_run_started", "mlgate_check_finished", "mlgate_run_finished")
_MEMBERS = {
    "mlgate_model_openers": ("accepts", "claims", "locate", "open"),
    "mlgate_table_openers": ("accepts", "claims", "open"),
    "mlgate_registries": (
        *(
            "capabilities",
            "version",
            "uri",
            "holder",
            "aliases",
            "generation",
            "fetch",
            "annotate",
            "document",
            "documents",
        ),
        *("set_alias", "clear_alias", "append", "history", "head"),
    ),
    "mlgate_reporters": ("render",),
}


@dataclass(frozen=True, slots=True)
class Declared:
    """The checks and resources of a plugin, and what is wrong with its hooks."""

    checks: tuple[Check, ...]
    providers: tuple[ResourceProvider, ...]
    problems: tuple[str, ...]


def declared_by(plugin: ModuleType) -> Declared:
    """Ask every declaring hook once; observers are only compared with their specification."""
    manager = pluggy.PluginManager(spec.PROJECT)
    manager.add_hookspecs(spec)
    problems = [*_unmarked(plugin)]
    try:
        manager.register(plugin)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        return Declared((), (), (*problems, f"{' '.join(str(error).split())}."))
    answers = dict(_answers(plugin, manager, problems))
    checks = _of_kind(Check, "mlgate_checks", answers, problems)
    providers = _of_kind(ResourceProvider, "mlgate_resources", answers, problems)
    for hook, members in _MEMBERS.items():
        problems += _incomplete(hook, members, answers.get(hook, ()))
    return Declared(checks, providers, tuple(problems))


def _unmarked(plugin: ModuleType) -> Iterator[str]:
    """A hook without its marker is never called."""
    for name, value in vars(plugin).items():
        if name.startswith("mlgate_") and inspect.isfunction(value) and not hasattr(value, "mlgate_impl"):
            yield f"{name}: it is not marked with @hookimpl, so it is never called."


def _answers(
    plugin: ModuleType, manager: pluggy.PluginManager, problems: list[str]
) -> Iterator[tuple[str, list[object]]]:
    for caller in manager.get_hookcallers(plugin) or ():
        if caller.name not in _EVENTS:
            try:
                yield caller.name, _items(getattr(plugin, caller.name))
            except Exception as error:
                problems.append(f"{caller.name}: it raised {type(error).__name__}: {error}.")


def _items(hook: Callable[[], Any]) -> list[object]:
    answer = hook()
    return list(answer.values()) if isinstance(answer, Mapping) else list(answer)


def _of_kind(kind: type[Any], hook: str, answers: Mapping[str, list[object]], problems: list[str]) -> tuple[Any, ...]:
    found = answers.get(hook, [])
    problems += [
        f"{hook}: it returned a {type(item).__name__}, where {kind.__name__} is expected."
        for item in found
        if not isinstance(item, kind)
    ]
    return tuple(item for item in found if isinstance(item, kind))


def _incomplete(hook: str, members: tuple[str, ...], items: Iterable[object]) -> Iterator[str]:
    for item in items:
        lacking = [name for name in members if not hasattr(item, name)]
        if lacking:
            yield f"{hook}: {type(item).__name__} lacks {', '.join(lacking)}."
