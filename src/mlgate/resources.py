"""Resources: inputs that checks ask for by parameter name, made lazily and at most once per run."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from mlgate.errors import CheckError, MlgateError, NotApplicable


@dataclass(frozen=True, slots=True)
class ResourceProvider:
    """Makes the resource `name` from the resources that `make` names as parameters, like a fixture.

    A parameter that defaults to None is optional: None is handed over where the run has nothing to make it from, or no
    plugin makes it.
    A generator function yields the resource once and cleans up after the yield, when the run ends.
    """

    name: str
    make: Callable[..., object]
    doc: str

    @property
    def needs(self) -> tuple[str, ...]:
        return tuple(inspect.signature(self.make).parameters)

    @property
    def optional(self) -> frozenset[str]:
        parameters = inspect.signature(self.make).parameters.values()
        return frozenset(parameter.name for parameter in parameters if parameter.default is None)


@runtime_checkable
class Doubted(Protocol):
    """A resource that something speaks against: its `doubts` are notes on all that is measured with it."""

    @property
    def doubts(self) -> tuple[str, ...]: ...


class ResourceFailed(CheckError):
    """A resource that could not be made; `resource` is the first in the chain that failed."""

    def __init__(self, resource: str, error: BaseException) -> None:
        super().__init__(str(error) or type(error).__name__)
        self.resource = resource
        self.error = error


class Resources:
    """The resources of one run. Safe to ask from several threads; what failed once fails again the same way."""

    def __init__(self, providers: Iterable[ResourceProvider], given: Mapping[str, object]) -> None:
        self._providers = {provider.name: provider for provider in providers}
        self._made: dict[str, object] = dict(given)
        self._failed: dict[str, MlgateError] = {}
        self._locks: dict[str, threading.RLock] = {}
        self._making: dict[str, int] = {}
        self._guard = threading.Lock()
        self._stack = ExitStack()

    def names(self) -> tuple[str, ...]:
        return tuple(sorted({*self._providers, *self._made}))

    def get(self, name: str) -> object:
        """The resource, made now if it was not yet.

        Raises `NotApplicable` where there is nothing to make it from, `ResourceFailed` where making it failed.
        """
        with self._lock(name):
            if name in self._failed:
                raise self._failed[name]
            if name not in self._made:
                self._making[name] = threading.get_ident()
                try:
                    self._made[name] = self._make(name)
                finally:
                    self._making.pop(name, None)
            return self._made[name]

    def get_if_any(self, name: str) -> object | None:
        """The resource, or None where nothing makes it or there is nothing to make it from.

        Raises `ResourceFailed` as `get` does.
        """
        if name not in self._providers and name not in self._made:
            return None  # its plugin is not installed
        try:
            return self.get(name)
        except NotApplicable:
            return None

    def give_up(self, thread: int | None, error: MlgateError | None) -> None:
        """Wait no longer for what `thread` is making: it failed with `error`, or is made anew by the next that asks."""
        with self._guard:
            for name in [name for name, maker in self._making.items() if maker == thread]:
                self._locks[name] = threading.RLock()
                if error is not None:
                    self._failed[name] = ResourceFailed(name, error)

    def close(self) -> None:
        """Run what providers left to be cleaned up, the last made first."""
        self._stack.close()

    def _make(self, name: str) -> object:
        provider = self._providers.get(name)
        if provider is None:
            known = ", ".join(self.names())
            raise CheckError(f"no plugin provides the resource {name!r}.", hint=f"There are: {known}.")
        optional = provider.optional
        inputs = [self.get_if_any(need) if need in optional else self.get(need) for need in provider.needs]
        try:
            if inspect.isgeneratorfunction(provider.make):
                return self._stack.enter_context(contextmanager(provider.make)(*inputs))
            return provider.make(*inputs)
        except Exception as error:
            self._failed[name] = _lasting(name, error)
            raise self._failed[name] from error

    def _lock(self, name: str) -> threading.RLock:
        with self._guard:
            return self._locks.setdefault(name, threading.RLock())


def _lasting(name: str, error: Exception) -> MlgateError:
    if isinstance(error, NotApplicable | ResourceFailed):
        return error
    return ResourceFailed(name, error)
