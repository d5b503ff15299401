"""The gates that one process of a pytest run has open: each is prepared once, whoever measures with it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from functools import cached_property
from pathlib import Path

import pytest

from mlgate import gatefile
from mlgate.gate import GateRequest, Session
from mlgate.gate.verdicts import standing_of
from mlgate.results import CheckRun, RunFacts
from mlgate.rules import CheckRules
from mlgate.rules.effects import Standing
from mlgate.runner import PlannedCheck

# What a request may say and still leave to the gate file what is measured.
_PLACES = ("gate", "folder", "root")


class OpenGate:
    """A gate with its inputs. Nothing is opened or measured before a test asks for it."""

    def __init__(self, request: GateRequest, session: Session) -> None:
        self.request = request
        self.session = session
        self._announced = False

    @property
    def facts(self) -> RunFacts:
        return self.session.facts

    def measure(self, planned: PlannedCheck) -> CheckRun:
        """The check, run now: whatever it raises is its outcome."""
        return next(self.session.measure([planned]))

    def standing(self, run: CheckRun, rules: CheckRules) -> Standing:
        """What the check, taken by itself, does to the verdict."""
        return standing_of(self.facts, run, rules, self.session.gate)

    def announcement(self, items: Iterable[pytest.Item]) -> dict[str, str]:
        """The node ids of this gate's checks among `items`, by check: told once, for it can be long."""
        if self._announced:
            return {}
        self._announced = True
        return {item.name: item.nodeid for item in items if item.stash.get(GATE, None) is self}

    @cached_property
    def subjects(self) -> str:
        """Model and data, where a request names them; empty where the gate file alone does."""
        unsaid = GateRequest(**{name: getattr(self.request, name) for name in _PLACES})
        if _identity(self.request) == _identity(unsaid):
            return ""
        tables = {name: (table.uri, table.digest) for name, table in self.facts.data.items()}
        return repr((self.facts.candidate, self.facts.champion, tables))


GATE = pytest.StashKey[OpenGate]()
"""The gate of an item that is one of its checks."""


class Gates:
    """Opens each gate at most once, and closes them all when pytest ends."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._open: dict[Hashable, OpenGate] = {}
        config.add_cleanup(self._close)

    def request_for(self, folder: Path) -> GateRequest:
        """The gate file that governs `folder`: in it, or in the nearest folder above."""
        path = gatefile.find(folder)
        return GateRequest(gate=path, folder=path.parent if path is not None else self._config.rootpath)

    def open(self, request: GateRequest) -> OpenGate:
        """Load the plugins, read the gate file, plan. Raises `MlgateError` for every mistake that needs no data."""
        key = _identity(request)
        if key not in self._open:
            self._open[key] = OpenGate(request, self._prepared(request))
        return self._open[key]

    def _prepared(self, request: GateRequest) -> Session:
        worker = getattr(self._config, "workerinput", None)
        if worker is None:
            return Session.prepare(request)
        # xdist's workers are one run: it looks once at the test set, and predicts once
        return Session.prepare(replace(request, run=worker["testrunuid"]))

    def _close(self) -> None:
        for gate in self._open.values():
            gate.session.close()


_GATES = pytest.StashKey[Gates]()


def gates_of(config: pytest.Config) -> Gates:
    """The open gates of this process."""
    if _GATES not in config.stash:
        config.stash[_GATES] = Gates(config)
    return config.stash[_GATES]


def _identity(request: GateRequest) -> Hashable:
    """Two requests are one if they say the same; frames and estimators are the same only if they are one object."""
    return tuple(_identified(getattr(request, field.name)) for field in fields(request))


def _identified(value: object) -> Hashable:
    if isinstance(value, Mapping):
        return tuple(sorted((name, _identified(item)) for name, item in value.items()))
    if isinstance(value, Path):
        return value.resolve()
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Sequence):
        return tuple(_identified(item) for item in value)
    return id(value)
