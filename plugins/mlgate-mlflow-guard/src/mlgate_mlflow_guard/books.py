"""The ledger, the counts of moves, and the nonces that are spent: one place, one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select

from mlgate import Entry, Event, EventKind, append, parse_entry, written
from mlgate_mlflow_guard.reading import Place
from mlgate_mlflow_guard.tables import GENERATIONS, LEDGER, NONCES

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Table
    from sqlalchemy.orm import Session


def write(session: Session, place: Place, event: Event) -> Entry:
    """Append the event; of a move, the count and the nonce are kept with it.

    A nonce that is there already breaks the transaction: the database itself keeps a move from happening twice.
    """
    entry = append(_last(session, place), event)
    session.execute(
        insert(LEDGER).values(**_key(place), seq=entry.seq, hash=entry.hash, document=written(entry).decode("ascii"))
    )
    if entry.moves and entry.alias is not None and entry.generation is not None:
        here = (*_here(GENERATIONS, place), GENERATIONS.c.alias == entry.alias)
        session.execute(delete(GENERATIONS).where(*here))
        session.execute(insert(GENERATIONS).values(**_key(place), alias=entry.alias, generation=entry.generation))
        session.execute(insert(NONCES).values(nonce=entry.nonce))
    return entry


def generation(session: Session, place: Place, alias: str) -> int:
    """How often the alias has moved. The count outlives the model: one that is made again does not start anew."""
    return generations(session, place).get(alias, 0)


def generations(session: Session, place: Place) -> dict[str, int]:
    """The count of every alias that has moved."""
    rows = session.execute(select(GENERATIONS.c.alias, GENERATIONS.c.generation).where(*_here(GENERATIONS, place)))
    return {str(row.alias): int(row.generation) for row in rows}


def spent(session: Session, nonce: str) -> frozenset[str]:
    """The nonce, if it was used before."""
    return frozenset(session.execute(select(NONCES.c.nonce).where(NONCES.c.nonce == nonce)).scalars())


def head(session: Session, place: Place) -> str | None:
    """The hash of the last entry."""
    last = _last(session, place)
    return None if last is None else last.hash


def last_digests(session: Session, place: Place) -> Mapping[str, str]:
    """What the last entry rests on: the same said twice in a row is written once."""
    last = _last(session, place)
    return {} if last is None else last.digests


def entry_of(session: Session, place: Place, hash: str) -> Entry | None:
    """The entry with that hash, in the ledger of this model."""
    document = session.execute(select(LEDGER.c.document).where(*_here(LEDGER, place), LEDGER.c.hash == hash)).scalar()
    return None if document is None else parse_entry(document)


def began_with(session: Session, place: Place, alias: str) -> Entry | None:
    """The first entry that moved the alias: what it names as the champion held the alias before the ledger began."""
    rows = session.execute(select(LEDGER.c.document).where(*_here(LEDGER, place)).order_by(LEDGER.c.seq)).scalars()
    return next((entry for entry in map(parse_entry, rows) if entry.moves and entry.alias == alias), None)


def page(session: Session, place: Place, offset: int, most: int) -> tuple[list[tuple[int, str]], bool]:
    """Entries as they are stored, by number, after `offset`; and whether more follow."""
    rows = session.execute(
        select(LEDGER.c.seq, LEDGER.c.document)
        .where(*_here(LEDGER, place))
        .order_by(LEDGER.c.seq)
        .offset(offset)
        .limit(most + 1)
    ).all()
    return [(int(row.seq), str(row.document)) for row in rows[:most]], len(rows) > most


def verdicts(session: Session, place: Place, version: str) -> Iterator[Entry]:
    """The verdicts on a version, in their order: found by what stands in a document, which is written in one form."""
    told = (f'"{key}":"{value}"' for key, value in (("kind", EventKind.VERDICT), ("version", version)))
    here = (*_here(LEDGER, place), *(LEDGER.c.document.contains(each, autoescape=True) for each in told))
    return map(parse_entry, session.execute(select(LEDGER.c.document).where(*here).order_by(LEDGER.c.seq)).scalars())


def now() -> str:
    """The time of an entry."""
    return told(datetime.now(UTC).replace(microsecond=0))


def told(time: datetime) -> str:
    """A time as entries state it."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _last(session: Session, place: Place) -> Entry | None:
    latest = select(func.max(LEDGER.c.seq)).where(*_here(LEDGER, place)).scalar_subquery()
    document = session.execute(select(LEDGER.c.document).where(*_here(LEDGER, place), LEDGER.c.seq == latest)).scalar()
    return None if document is None else parse_entry(document)


def _key(place: Place) -> dict[str, str]:
    return {"workspace": place.workspace, "model": place.name}


def _here(table: Table, place: Place) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.c.workspace == place.workspace, table.c.model == place.name
