"""One typed view of everything the plugins declared."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Mapping
from dataclasses import dataclass

import pluggy

from mlgate.checks import Check
from mlgate.engines import Engine
from mlgate.errors import UsageError
from mlgate.resources import ResourceProvider
from mlgate.spec import CheckFinished, ModelOpener, Registry, Reporter, RunFinished, RunStarted, TableOpener

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """A loaded plugin: where it came from and what it brought."""

    name: str
    distribution: str
    version: str
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Host:
    """The declarations of all plugins, each name once."""

    plugins: tuple[PluginInfo, ...]
    checks: Mapping[str, Check]
    resources: tuple[ResourceProvider, ...]
    model_openers: tuple[ModelOpener, ...]
    table_openers: tuple[TableOpener, ...]
    registries: Mapping[str, Registry]
    reporters: Mapping[str, Reporter]
    engines: Mapping[str, Engine]
    manager: pluggy.PluginManager

    def check(self, id: str) -> Check:
        """The check of that id. Raises `UsageError` with the nearest known one."""
        if id in self.checks:
            return self.checks[id]
        near = difflib.get_close_matches(id, self.checks, n=1)
        raise UsageError(
            f"there is no check {id!r}.",
            hint=f"Did you mean {near[0]}?" if near else "`mlgate checks` lists what is installed.",
        )

    def reporter(self, name: str) -> Reporter:
        """The reporter of that name. Raises `UsageError` with the names there are."""
        if name in self.reporters:
            return self.reporters[name]
        raise UsageError(
            f"there is no report format {name!r}.", hint=f"There are: {', '.join(sorted(self.reporters))}."
        )

    def engine(self, name: str) -> Engine:
        """The engine of that name. Raises `UsageError` with the names there are."""
        if name in self.engines:
            return self.engines[name]
        known = f"There are: {', '.join(self.engines)}." if self.engines else "No installed plugin declares one."
        raise UsageError(f"there is no engine {name!r}.", hint=known)

    def registry(self, uri: str) -> Registry:
        """The registry that a model's URI belongs to. Raises `UsageError` where no plugin brings one."""
        scheme = uri.partition(":")[0]
        if ":" in uri and scheme in self.registries:
            return self.registries[scheme]
        raise UsageError(
            f"{uri} is not in a registry that is installed here.",
            hint=f"Installed are {', '.join(f'{each}:' for each in sorted(self.registries)) or 'none'}"
            + ("." if "models" in self.registries else "; `pip install 'mlgate[mlflow]'` brings models:, MLflow's."),
        )

    def notify(self, event: RunStarted | CheckFinished | RunFinished) -> None:
        """Tell every observer; what one of them raises is logged and changes nothing."""
        hook = {
            RunStarted: "mlgate_run_started",
            CheckFinished: "mlgate_check_finished",
            RunFinished: "mlgate_run_finished",
        }[type(event)]
        for observer in getattr(self.manager.hook, hook).get_hookimpls():
            try:
                observer.function(*([event] if observer.argnames else []))
            except Exception:
                _log.exception(
                    "the observer %s of %s failed; the verdict does not depend on it", hook, observer.plugin_name
                )
