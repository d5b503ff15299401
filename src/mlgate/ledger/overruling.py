"""Of several verdicts on a version under one gate file the last one counts, and not the one that pleases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mlgate.ledger.entry import Entry, EventKind
from mlgate.results import Decision


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict that somebody goes by: on which version, under which gate file, in which record, of which time.

    `created` is the registry's timestamp of the version; `gate` and `record` are digests, as `sha256:...`.
    """

    version: str
    created: str | None
    gate: str | None
    record: str | None
    time: datetime


def overruling(entries: Iterable[Entry], judged: Judged) -> Entry | None:
    """The last verdict on the same version, if it came after this one and allows nothing.

    Last is what was judged last: to write an old verdict down again changes nothing.
    """
    verdicts = [entry for entry in entries if _is_of_the_same(entry, judged)]
    last = max(verdicts, key=lambda entry: (_time(entry), entry.seq), default=None)
    if last is None or last.reason == Decision.ALLOWED or last.digests["record"] == judged.record:
        return None
    return last if _time(last) >= judged.time else None


def _time(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.time)


def _is_of_the_same(entry: Entry, judged: Judged) -> bool:
    """Whether this is a verdict on the same version. An entry that names no gate file may be of this one."""
    return (
        entry.kind is EventKind.VERDICT
        and (entry.version, entry.created) == (judged.version, judged.created)
        and entry.digests.get("gate", judged.gate) == judged.gate
        and "record" in entry.digests
    )
