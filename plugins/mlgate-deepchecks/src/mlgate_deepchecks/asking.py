"""One question to deepchecks for all its checks that a run plans, and again for what a dead process left open."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mlgate import CheckError, Measurement, NotApplicable
from mlgate.engines import Answer, Bounds
from mlgate_deepchecks.catalogue import ENTRIES
from mlgate_deepchecks.mapping import Finished, measurement_of

if TYPE_CHECKING:
    import pyarrow as pa

Tables = Callable[[], Mapping[str, Iterable["pa.Table"]]]
Ask = Callable[[Mapping[str, Any], Mapping[str, Iterable["pa.Table"]], Bounds], Answer]
Options = Mapping[str, Any]
_GIB = 1 << 30
_MOST_STARTS = 5
_WORTH_A_START = 20.0  # seconds that have to be left
NEEDS_MODEL = frozenset(entry.id for entry in ENTRIES if entry.needs_model)


@dataclass(frozen=True, slots=True)
class Results:
    """What deepchecks answered for each check, or why it did not; `sandbox` is how its process was confined."""

    finished: Mapping[str, Finished] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    sandbox: dict[str, Any] = field(default_factory=dict)

    def measurement(self, id: str) -> Measurement:
        """Raises `NotApplicable` where deepchecks has nothing to look at, `CheckError` where it could not look."""
        if id in NEEDS_MODEL:
            raise NotApplicable("deepchecks needs the model itself for this, and models never enter its process.")
        if id in self.failures:
            raise CheckError(self.failures[id])
        if id not in self.finished:
            raise CheckError("deepchecks was not asked for it in this run.")
        measured = measurement_of(self.finished[id])
        data = {**measured.data, "sandbox": self.sandbox}
        return replace(measured, notes=(*measured.notes, *self.notes), data=data)


def results_of(
    planned: Mapping[str, Options], about: Mapping[str, Any], tables: Tables, ask: Ask, rows: int
) -> Results:
    """The results of all checks in `planned` (id to options); those that agree on `categorical` share a process."""
    groups: dict[tuple[str, ...] | None, dict[str, Options]] = {}
    for id, options in planned.items():
        if id not in NEEDS_MODEL:
            named = options.get("categorical")
            groups.setdefault(None if named is None else tuple(named), {})[id] = options
    whole = Results()
    for named, group in groups.items():
        said = {**about, "categorical": None if named is None else list(named)}
        part = _Conversation(said, group, tables, ask, rows).held()
        notes = tuple(dict.fromkeys((*whole.notes, *part.notes)))
        finished, failures = {**whole.finished, **part.finished}, {**whole.failures, **part.failures}
        whole = Results(finished, failures, notes, part.sandbox)
    return whole


@dataclass
class _Conversation:
    """Asks until every check has its results or its reason."""

    about: Mapping[str, Any]
    group: Mapping[str, Options]
    tables: Tables
    ask: Ask
    rows: int
    finished: dict[str, Finished] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    sandbox: dict[str, Any] = field(default_factory=dict)

    def held(self) -> Results:
        seconds = float(max(options["seconds"] for options in self.group.values()))
        memory = int(max(options["memory_gib"] for options in self.group.values()) * _GIB)
        if seconds <= 0 or memory <= 0:
            raise CheckError("deepchecks needs more than no time and no memory.", hint="Raise seconds and memory_gib.")
        deadline = time.monotonic() + seconds
        left = seconds  # a build comes on top
        for _ in range(_MOST_STARTS):
            again = self._taken(self._asked(Bounds(memory=memory, seconds=left)))
            left = float(round(deadline - time.monotonic()))
            if not again or left < _WORTH_A_START:
                break
        for id in self._open():
            self.failures.setdefault(
                id, "deepchecks did not get to it: its process ended too often, or its time was up."
            )
        return Results(self.finished, self.failures, self.notes, self.sandbox)

    def _asked(self, bounds: Bounds) -> Answer:
        questions = [_question(id, self.group[id]) for id in self._open()]
        return self.ask({**self.about, "checks": questions}, self.tables(), bounds)

    def _open(self) -> list[str]:
        return [id for id in self.group if id not in self.finished and id not in self.failures]

    def _taken(self, answer: Answer) -> bool:
        """Keep what was answered; True where a check took the process with it and others are still open."""
        self.notes = tuple(_notes(answer, self.notes))
        self.sandbox = {"level": str(answer.sandbox.level), "lacks": list(answer.sandbox.lacks)}
        started: str | None = None
        for item in answer.items:
            if item.get("finished") in self.group:
                self.finished[str(item["finished"])] = Finished.of(item, self.rows)
                started = None
            elif item.get("started") in self.group:
                started = str(item["started"])
        if answer.failure is None:
            self.failures |= dict.fromkeys(self._open(), "deepchecks answered nothing for it.")
            return False
        said = f"deepchecks' process {answer.failure}"
        if started is None:
            self.failures |= dict.fromkeys(self._open(), f"{said}, before it got to this check.")
            return False
        self.failures[started] = f"{said}, in this check."
        return bool(self._open())


def _question(id: str, options: Options) -> dict[str, Any]:
    return {
        "id": id,
        "name": id.partition(".")[2],
        "params": options.get("params") or {},
        "conditions": options.get("conditions"),
        "seed": options["seed"],
    }


def _notes(answer: Answer, before: Sequence[str]) -> list[str]:
    told = list(before)
    if answer.built is not None:
        told.append(f"The environment of deepchecks was built first, in {answer.built:.0f} s.")
    if answer.sandbox.lacks:
        told.append(f"This platform does not keep deepchecks' process from {' and '.join(answer.sandbox.lacks)}.")
    return list(dict.fromkeys(told))
