"""The first row of CSV or JSON lines that can't be read, found by reading again what an engine refused."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 1 << 30
"""So much of a table is read again, about half a minute's work; a row further down is not named."""

_CSV_TYPE = re.compile(r"could not parse `(?P<value>.*?)` as dtype `(?P<kind>\w+)[^`]*` at column '(?P<column>.*?)' ")
_JSON_TYPE = re.compile(r"cannot parse '(?P<value>.*?)'(?: \(\w+\))? as (?P<kind>\w+)")
_KINDS = (
    (r"[iu]\d+|u?int\d+", "a whole number"),
    (r"f\d+|float\d+|decimal", "a number"),
    (r"bool(ean)?", "true or false"),
    (r"date", "a date"),
    (r"datetime|time", "a time"),
    (r"list|array", "a list"),
    (r"struct", "an object"),
)
_JSON_NAMES = {list: "a list", str: "a text", int: "a number", float: "a number", bool: "true or false"}
_ONE_TYPE = "Every row above holds one: mend the value, or write the whole column as text."
_QUOTES = "Close the quote, and double every quote inside of a quoted field."


@dataclass(frozen=True, slots=True)
class BadRow:
    """Where it stands (lines count from 1, the header's included), what is wrong with it, and the way out."""

    path: Path
    line: int
    said: str
    hint: str


class _Found(Exception):
    """Ends the search at a line, with what is wrong there and the way out."""


def first_bad_row(paths: Sequence[Path], refusal: str) -> BadRow | None:
    """The first row in the files that breaks their format, or that is not of the type `refusal` speaks of.

    None where there is none that can be told: other formats, compressed files, a file that can't be opened.
    """
    left = MOST_BYTES
    for path in paths:
        look = _LOOKS.get(path.suffix.lower())
        if look is None or is_compressed(path):
            return None
        try:
            with path.open("rb") as file:
                look(_decoded(_bounded(file, left)), path.suffix.lower(), refusal)
            left -= path.stat().st_size
        except _Found as found:
            line, said, hint = found.args
            return BadRow(path, line, said, hint)
        except OSError:
            return None
    return None


def is_compressed(path: Path) -> bool:
    """Whether the file begins as gzip, zstd or zlib do: engines read text through these."""
    with path.open("rb") as file:
        return file.read(4).startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x78\x01", b"\x78\x9c", b"\x78\xda"))


def _bounded(file: Iterable[bytes], most: int) -> Iterator[bytes]:
    for line in file:
        most -= len(line)
        if most < 0:
            return
        yield line


def _decoded(lines: Iterable[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            byte = f"0x{line[error.start]:02X}"
            raise _Found(number, f"the byte {byte} is not UTF-8", "Write the file again as UTF-8.") from None


def _look_through_csv(lines: Iterator[str], ending: str, refusal: str) -> None:
    reader = csv.reader(lines, delimiter="\t" if ending == ".tsv" else ",", strict=True)
    wrong = _CSV_TYPE.search(refusal)
    header: list[str] | None = None
    start = 1
    try:
        for fields in reader:
            if header is None:
                header = fields
            else:
                _check_fields(fields, header, wrong, start)
            start = reader.line_num + 1
    except csv.Error as error:
        ended = "unexpected end" in str(error)
        said = "a quote opens here and is never closed" if ended else "a field goes on after its closing quote"
        raise _Found(start, said, _QUOTES) from None


def _check_fields(fields: list[str], header: list[str], wrong: re.Match[str] | None, line: int) -> None:
    if len(fields) > len(header):
        said = f"the row has {len(fields)} fields, and the header names {len(header)}"
        raise _Found(line, said, "Quote fields that hold the separator, or mend the row.")
    if wrong is None or wrong["column"] not in header:
        return
    place = header.index(wrong["column"])
    if place < len(fields) and fields[place] == wrong["value"]:
        raise _Found(line, _not_of_type(wrong["column"], wrong), _ONE_TYPE)


def _look_through_json(lines: Iterator[str], _: str, refusal: str) -> None:
    wrong = _JSON_TYPE.search(refusal)
    types: dict[str, set[type]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row = _object(line, number)
        if wrong is not None:
            _check_types(row, types, wrong, number)


def _object(line: str, number: int) -> dict[str, object]:
    try:
        row = json.loads(line.rstrip())
    except ValueError as error:
        place = getattr(error, "colno", 1)
        said = f"it is not JSON from character {place} on"
        raise _Found(number, said, "Each line holds one whole JSON object: mend the line.") from None
    if not isinstance(row, dict):
        said = f"it holds {_JSON_NAMES.get(type(row), 'null')}, and an object was expected"
        raise _Found(number, said, "Each line holds one row, as an object of column names and values.")
    return row


def _check_types(row: dict[str, object], types: dict[str, set[type]], wrong: re.Match[str], number: int) -> None:
    """The refused value in a column that held no value of its type before: the engine names no column."""
    for name, value in row.items():
        seen = types.setdefault(name, set())
        if str(value) == wrong["value"] and seen and type(value) not in seen:
            raise _Found(number, _not_of_type(name, wrong), _ONE_TYPE)
        if value is not None:
            seen.add(type(value))


def _not_of_type(column: str, wrong: re.Match[str]) -> str:
    kinds = (words for pattern, words in _KINDS if re.fullmatch(pattern, wrong["kind"], re.IGNORECASE))
    return f"column {column!r} holds {wrong['value']!r}, and {next(kinds, wrong['kind'])} was expected"


_LOOKS = {
    **dict.fromkeys((".csv", ".tsv"), _look_through_csv),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), _look_through_json),
}
