"""The record as bytes: strict JSON that another program can read, and that is refused whole where it is odd."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TypeVar

import msgspec

from mlgate.errors import RecordError
from mlgate.results.record import SCHEMA, CheckRun, Record
from mlgate.results.record_layout import RecordEntry, RunEntry
from mlgate.results.record_reading import record_of, run_of
from mlgate.results.record_writing import record_entry, run_entry
from mlgate.results.strict_json import parse, plain

SCHEMA_URI = "https://json-schema.org/draft/2020-12/schema"
JOURNAL_CONFIDENCE = 0.95
_INVISIBLE = re.compile("[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
"""Control and format characters of Unicode's first plane, that move a cursor, hide or turn the text beside them."""
T = TypeVar("T")


def to_json(record: Record) -> bytes:
    """UTF-8, two spaces of indentation, keys in the order of the format; what moves a cursor or turns text is escaped.

    Raises `RecordError` where the record holds what strict JSON can't (NaN, an object), or what `from_json` would
    refuse: a record that can't be read again is never written.
    """
    tree = plain(record_entry(record), "record")
    _typed(tree, RecordEntry, "The record")
    return _seen(msgspec.json.format(msgspec.json.encode(tree), indent=2)) + b"\n"


def from_json(document: bytes) -> Record:
    """The record. Raises `RecordError` where it is truncated, foreign, of another schema or lacks a key."""
    tree = parse(document, "The record")
    _refuse_foreign(tree)
    entry = _typed(tree, RecordEntry, "The record")
    try:
        _refuse_no_instant(entry.started)
        return record_of(entry)
    except ValueError as error:
        raise RecordError(f"The record holds what no run leaves: {error}.") from error


def record_schema() -> dict[str, object]:
    """The JSON schema (Draft 2020-12) of what `to_json` writes."""
    schema = msgspec.json.schema(RecordEntry)
    return {"$schema": SCHEMA_URI, "title": SCHEMA, **schema}


def run_to_json(run: CheckRun) -> bytes:
    """One check of the journal: one line, without its end.

    Raises `RecordError` where the measurement holds what the record could not: the check then counts as errored.
    """
    tree = plain(run_entry(run, JOURNAL_CONFIDENCE), run.check)
    _typed(tree, RunEntry, run.check)
    return msgspec.json.encode(tree)


def run_from_json(line: bytes) -> CheckRun:
    """One line of the journal. Raises `RecordError` where it is none."""
    what = "This line of the journal"
    entry = _typed(parse(line, what), RunEntry, what)
    try:
        return run_of(entry)
    except ValueError as error:
        raise RecordError(f"{what} holds what no run leaves: {error}.") from error


def _refuse_foreign(tree: object) -> None:
    schema = tree.get("schema") if isinstance(tree, dict) else None
    if not isinstance(schema, str) or not schema.startswith("mlgate-record/"):
        raise RecordError(
            "This is JSON, but not a record of mlgate: it has no key `schema` that says so.",
            hint="`mlgate run --report json=PATH` writes one.",
        )
    if schema != SCHEMA:
        raise RecordError(
            f"The record's schema is {schema[:80]!r}, and this mlgate reads {SCHEMA}.",
            hint="Read it with the mlgate that wrote it, or a newer one.",
        )


def _refuse_no_instant(started: str) -> None:
    try:
        datetime.fromisoformat(started)
    except ValueError as error:
        raise ValueError(f"it started at {started}, which is no time") from error


def _typed(tree: object, layout: type[T], what: str) -> T:
    try:
        return msgspec.convert(tree, layout)
    except msgspec.ValidationError as error:
        raise RecordError(f"{what} does not follow {SCHEMA}: {_lower(str(error))}.") from error


def _seen(document: bytes) -> bytes:
    """The same JSON with invisible characters as escapes: a record is printed to terminals, and names are strangers'.

    Outside of ASCII they stand in strings alone, and the encoder has escaped those of ASCII but DEL.
    """
    if document.isascii() and b"\x7f" not in document:
        return document
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", document.decode()).encode()


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
