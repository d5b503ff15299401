"""Find, load and check plugins, one at a time and in name order; a broken one stops the run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

import pluggy

from mlgate import spec
from mlgate.errors import PluginError
from mlgate.host.claims import collect
from mlgate.host.facade import Host
from mlgate.host.local import load_local_checks

GROUP = "mlgate"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a plugin came from, for messages: a distribution and its version, or a file."""

    distribution: str
    version: str

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}".strip()


def load_host(
    builtins: Sequence[ModuleType],
    *,
    folder: Path | None = None,
    installed: Iterable[EntryPoint] | None = None,
) -> Host:
    """The plugins built in, those installed, and `mlgate_checks.py` in `folder`.

    Raises `PluginError` where one does not load, implements an unknown hook or claims a name that is taken.
    """
    manager = pluggy.PluginManager(spec.PROJECT)
    manager.add_hookspecs(spec)
    origins: dict[str, Origin] = {}
    for module in builtins:
        manager.register(module, name=module.__name__)
        origins[module.__name__] = Origin("mlgate", "")
    found = entry_points(group=GROUP) if installed is None else installed
    for entry in sorted(found, key=lambda point: point.name):
        _register(manager, entry, origins)
    if folder is not None:
        _register_local(manager, folder, origins)
    _refuse_unknown_hooks(manager)
    return collect(manager, origins)


def _register(manager: pluggy.PluginManager, entry: EntryPoint, origins: dict[str, Origin]) -> None:
    origin = _origin(entry.dist)
    if entry.name in origins:
        raise PluginError(
            f"two plugins are called {entry.name!r}: one of {origins[entry.name]}, one of {origin}.",
            hint="Uninstall one of them.",
        )
    try:
        module = entry.load()
        manager.register(module, name=entry.name)
    except Exception as error:
        raise PluginError(
            f"the plugin {entry.name!r} of {origin} does not load ({type(error).__name__}: {error}), and a gate with a "
            "hole in it is not a gate.",
            hint=f"Mend or uninstall {origin.distribution}.",
        ) from error
    origins[entry.name] = origin


def _register_local(manager: pluggy.PluginManager, folder: Path, origins: dict[str, Origin]) -> None:
    local = load_local_checks(folder)
    if local is not None:
        manager.register(local, name=local.__name__)
        origins[local.__name__] = Origin(str(local.__file__), "")


def _refuse_unknown_hooks(manager: pluggy.PluginManager) -> None:
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginError(
            f"{error}.", hint="`mlgate.spec` lists the hooks; a misspelt one would never be called."
        ) from error


def _origin(distribution: Distribution | None) -> Origin:
    if distribution is None:
        return Origin("an unnamed distribution", "")
    return Origin(distribution.name, distribution.version)
