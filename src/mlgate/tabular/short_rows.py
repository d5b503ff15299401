"""Rows of a CSV file with fewer fields than its header: engines fill them up with missing values and say nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from mlgate.errors import DataError

_NEVER = "\x1f"
"""A separator that text hardly holds: each line is one field."""
_OTHERS = {";": "semicolon", "\t": "tab", "|": "bar", ",": "comma"}
_MOST_BYTES = 1 << 30
"""So much of a file with quoted fields is read field by field, half a minute's work; rows further down are not."""


def refuse_short_rows(path: Path, separator: str) -> None:
    """Raises `DataError` naming the first row that has fewer fields than the header, or none at all.

    So it does for a file of one column that holds other separators: rows that were never told apart.
    """
    header, first = _first_rows(path, separator)
    if len(header) < 2:
        _refuse_other_separator(path, header, first)
        return  # an empty line is a missing value
    found = _short_line(path, separator, len(header)) if _is_plain(path) else _short_row(path, separator, header)
    if found is None:
        return
    line, fields = found
    has = "is empty" if fields == 0 else f"has {fields} field{'s' if fields > 1 else ''}"
    raise DataError(
        f"{path}:{line} can't be read: the row {has}, and the header names {len(header)}.",
        hint="Write a separator for each missing value, or take the line out.",
    )


def _first_rows(path: Path, separator: str) -> tuple[list[str], list[str]]:
    """The header, and the row after it."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.reader(file, delimiter=separator)
        return next(rows, []), next(rows, [])


def _refuse_other_separator(path: Path, header: list[str], first: list[str]) -> None:
    """The header and the row after it, each one field, hold the same number of another separator."""
    for other, name in _OTHERS.items():
        held = "".join(header).count(other)
        if held and held == ",".join(first).count(other):
            raise DataError(
                f"{path}:1 can't be read: the header is one name that holds {held} {name}{'s' if held > 1 else ''}.",
                hint="Write the file with commas, or as .tsv with tabs, or as Parquet.",
            )


def _is_plain(path: Path) -> bool:
    """Whether each line is a row, and none holds the separator that text hardly holds."""
    odd = (b'"', _NEVER.encode())
    with path.open("rb") as file:
        return not any(each in piece for piece in iter(lambda: file.read(1 << 20), b"") for each in odd)


def _short_line(path: Path, separator: str, fields: int) -> tuple[int, int] | None:
    """Line and fields of the first short row of a file without quotes: each line is a row."""
    import polars as pl

    lines = pl.scan_csv(
        path, has_header=False, separator=_NEVER, quote_char=None, schema={"line": pl.String}, encoding="utf8-lossy"
    )
    held = (
        pl.when(pl.col("line").fill_null("") == "")
        .then(0)
        .otherwise(pl.col("line").str.count_matches(separator, literal=True) + 1)
    )
    short = lines.with_row_index("number", offset=1).select("number", held=held).filter(pl.col("held") < fields)
    first = short.head(1).collect(engine="streaming")
    return None if first.is_empty() else (int(first["number"][0]), int(first["held"][0]))


def _short_row(path: Path, separator: str, header: list[str]) -> tuple[int, int] | None:
    """The same of a file with quotes, whose rows may go over several lines."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(_bounded(file), delimiter=separator)
        start = 1
        try:
            for row in reader:
                if len(row) < len(header):
                    return start, len(row)
                start = reader.line_num + 1
        except csv.Error:
            return None  # what breaks the format is told where the rows are read
    return None


def _bounded(lines: Iterator[str]) -> Iterator[str]:
    left = _MOST_BYTES
    for line in lines:
        left -= len(line)
        if left < 0:
            return
        yield line
