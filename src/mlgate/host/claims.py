"""Ask every plugin what it declares, one plugin at a time, and refuse a name that is claimed twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import pluggy

from mlgate.checks import Check
from mlgate.engines import Engine
from mlgate.errors import PluginError
from mlgate.host.facade import Host, PluginInfo
from mlgate.resources import ResourceProvider
from mlgate.spec import Registry, Reporter

T = TypeVar("T")


def collect(manager: pluggy.PluginManager, origins: Mapping[str, Any]) -> Host:
    """The host of all registered plugins. `origins` names each one's distribution, for messages."""
    answers = _Answers(manager, origins)
    checks = answers.unique("mlgate_checks", Check)
    providers = answers.unique("mlgate_resources", ResourceProvider)
    return Host(
        plugins=tuple(_info(name, origin, checks) for name, origin in origins.items()),
        checks={id: check for id, (check, _) in sorted(checks.items())},
        resources=tuple(provider for provider, _ in providers.values()),
        model_openers=tuple(opener for opener, _ in answers.items("mlgate_model_openers")),
        table_openers=tuple(opener for opener, _ in answers.items("mlgate_table_openers")),
        registries=answers.named("mlgate_registries"),
        reporters=answers.named("mlgate_reporters"),
        engines={name: engine for name, (engine, _) in sorted(answers.unique("mlgate_engines", Engine).items())},
        manager=manager,
    )


def _info(name: str, origin: Any, checks: Mapping[str, tuple[Check, str]]) -> PluginInfo:
    own = tuple(id for id, (_, plugin) in sorted(checks.items()) if plugin == name)
    return PluginInfo(name, origin.distribution, origin.version, own)


class _Answers:
    """What each plugin's hooks returned, with the plugin's name beside every record."""

    def __init__(self, manager: pluggy.PluginManager, origins: Mapping[str, Any]) -> None:
        self._manager = manager
        self._origins = origins

    def raw(self, hook: str) -> Iterator[tuple[Any, str]]:
        """One answer per plugin, in the order of registration; a hook that raises is a broken plugin."""
        for implementation in reversed(getattr(self._manager.hook, hook).get_hookimpls()):
            plugin = implementation.plugin_name
            try:
                answer = implementation.function()
            except Exception as error:
                raise PluginError(
                    f"{hook} of {self._origins[plugin]} raised {type(error).__name__}: {error}.",
                    hint=f"Mend or uninstall {self._origins[plugin].distribution}.",
                ) from error
            yield answer, plugin

    def items(self, hook: str) -> Iterator[tuple[Any, str]]:
        for answer, plugin in self.raw(hook):
            for item in answer:
                yield item, plugin

    def unique(self, hook: str, kind: type[T]) -> dict[str, tuple[T, str]]:
        """Records by their id or name. Raises `PluginError` naming both distributions where two claim one."""
        taken: dict[str, tuple[T, str]] = {}
        for item, plugin in self.items(hook):
            if not isinstance(item, kind):
                raise PluginError(
                    f"{hook} of {self._origins[plugin]} returned {type(item).__name__}, "
                    f"where {kind.__name__} is expected."
                )
            self._claim(taken, str(getattr(item, "id", None) or getattr(item, "name", "")), item, plugin)
        return taken

    def named(self, hook: str) -> dict[str, Any]:
        taken: dict[str, tuple[Registry | Reporter, str]] = {}
        for answer, plugin in self.raw(hook):
            for name, item in answer.items():
                self._claim(taken, name, item, plugin)
        return {name: item for name, (item, _) in sorted(taken.items())}

    def _claim(self, taken: dict[str, tuple[T, str]], name: str, item: T, plugin: str) -> None:
        if name in taken:
            first = self._origins[taken[name][1]]
            raise PluginError(
                f"{name!r} is claimed by {first} and by {self._origins[plugin]}.",
                hint="Uninstall or rename one of them: which one decides must not be left to chance.",
            )
        taken[name] = (item, plugin)
