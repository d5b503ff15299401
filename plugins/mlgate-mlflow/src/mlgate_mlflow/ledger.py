"""The ledger on an MLflow without a guard: each entry is a tag of a run of its own, in the experiment of the records.

Tags of the registered model would be the nearer place, and the worse one: they hold 5,000 characters in a database,
are handed out whole with every look at the model, and two writers overwrite each other unseen. A run is made in one
request with its tags, and two runs for one place are both seen: whoever sees another one takes its own back.
Full hundreds are copied into pages, for those who read all of it.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from mlgate import Entry, Event, RecordError, RegistryError, append, parse_entry, written
from mlgate_mlflow import ledger_pages
from mlgate_mlflow.client import client
from mlgate_mlflow.experiment import existing, made
from mlgate_mlflow.ledger_runs import ENTRY, OF, SEQ, finished, key, of, runs
from mlgate_mlflow.ledger_runs import place as place_of
from mlgate_mlflow.versions import registered_model

if TYPE_CHECKING:
    from mlflow.entities import Run

MOVES, MOVE = "mlgate.entry-moves", "mlgate.entry-move"
HEAD = "mlgate.ledger-head"
"""A tag of the registered model: place and hash of the last entry, so that an end that was cut off is missed."""
LAST_MOVE = "mlgate.last-move."
"""With the alias, a tag of the registered model: how often it has moved. A hint where to look, and no more."""
_MOST_CHARACTERS = 8_000  # MLflow cuts longer ones, in silence
_ATTEMPTS = 12
_DEAD_AFTER_MS = 60_000
_BEGUN = "RUNNING"


def read(name: str) -> tuple[bytes, ...]:
    """Every finished entry of the model's ledger, in its order."""
    return ledger_pages.read(name, _hinted(_tags(name)))


def last_move(name: str, alias: str) -> Entry | None:
    """The newest entry that moved the alias; `alias` is letters, digits, - and _ by now."""
    hint = _number(_tags(name).get(f"{LAST_MOVE}{alias}"))
    found = _from(name, hint, lambda place: f"tags.`{MOVE}` = '{alias} {place}'")
    return found or _newest(f"{finished(name)} and tags.`{MOVES}` = '{alias}'")


def generation(name: str, alias: str) -> int:
    """How often the alias has moved."""
    newest = last_move(name, alias)
    return 0 if newest is None else newest.generation or 0


def write(event: Event, still: Callable[[], None] = lambda: None) -> None:
    """Append the event. `still` is asked before each try, and raises where it must not be written any more."""
    for attempt in range(_ATTEMPTS):
        if _written(event, still):
            return
        time.sleep(random.uniform(0.02, 0.2) * (attempt + 1))  # noqa: S311  # nosec B311 # keeps two writers out of step
    raise RegistryError(
        f"The ledger of {event.model} could not be written: others write to it all the time.", hint="Try again."
    )


def _written(event: Event, still: Callable[[], None]) -> bool:
    """Whether the event has its place. Two at once for one place both give way, or the one that came first stays."""
    last = _last(event.model)
    still()  # after the look at the last entry: whatever is written from here on takes the place that we want
    entry = append(last, event)
    text = written(entry).decode()
    if len(text) > _MOST_CHARACTERS:
        raise RecordError(f"this is too long for a ledger in MLflow: {len(text)} characters, {_MOST_CHARACTERS} fit.")
    tags = {ENTRY: text, SEQ: place_of(entry.seq), OF: key(event.model), "mlgate.model": event.model}
    if entry.moves:
        tags |= {MOVES: str(entry.alias), MOVE: f"{entry.alias} {entry.generation}"}
    asked = client()
    run = asked.create_run(made(), tags=tags, run_name=f"ledger of {event.model}, {entry.seq}").info
    rivals = [other for other in _at(event.model, entry.seq) if other.info.run_id != run.run_id]
    if any(not _dead(other) for other in rivals):
        asked.delete_run(run.run_id)
        return False
    for other in rivals:
        asked.delete_run(other.info.run_id)
    asked.set_terminated(run.run_id)
    asked.set_registered_model_tag(event.model, HEAD, f"{entry.seq} {entry.hash}")
    if entry.moves:
        asked.set_registered_model_tag(event.model, f"{LAST_MOVE}{entry.alias}", str(entry.generation))
    _paged(event.model, entry.seq)
    return True


def _paged(name: str, seq: int) -> None:
    """A page that could not be made is made with the next one: the entry is written, and that is what was asked."""
    from mlflow.exceptions import MlflowException

    with suppress(MlflowException):
        ledger_pages.keep(name, seq)


def _dead(run: Run) -> bool:
    """One whose writer was killed before it had its place."""
    return bool(run.info.status == _BEGUN and time.time() * 1000 - run.info.start_time > _DEAD_AFTER_MS)


def _at(name: str, seq: int) -> Sequence[Run]:
    return runs(f"{of(name)} and tags.`{SEQ}` = '{place_of(seq)}'")


def _last(name: str) -> Entry | None:
    """The newest entry: at the hint or a few places behind it; where there is no hint, all of them are looked at."""
    return _from(name, _hinted(_tags(name)), lambda place: f"tags.`{SEQ}` = '{place_of(place)}'") or _newest(
        finished(name)
    )


def _hinted(tags: Mapping[str, str]) -> int:
    """The number of the last entry, as far as the registered model knows; 0 where it knows nothing."""
    return _number(str(tags.get(HEAD, "")).partition(" ")[0])


def _number(told: str | None) -> int:
    return int(told) if told is not None and re.fullmatch("[0-9]{1,12}", told) else 0


def _from(name: str, hint: int, at: Callable[[int], str]) -> Entry | None:
    """The last of the entries at the hint and behind it without a gap; None where there is none at the hint."""
    found, place = None, hint
    while place > 0:
        there = runs(f"{finished(name)} and {at(place)}")
        if not there:
            break
        found, place = parse_entry(there[0].data.tags.get(ENTRY, "")), place + 1
    return found


def _tags(name: str) -> Mapping[str, str]:
    model = registered_model(name)
    return {} if model is None else model.tags


def _newest(condition: str) -> Entry | None:
    experiment = existing()
    if experiment is None:
        return None
    found = client().search_runs([experiment], condition, max_results=1, order_by=[f"tags.`{SEQ}` DESC"])
    return parse_entry(found[0].data.tags.get(ENTRY, "")) if found else None
