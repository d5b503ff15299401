"""What an engine says of rows that it can't read, as a sentence with the way out."""

from __future__ import annotations

import re

from mlgate.errors import DataError

_KNOWN: tuple[tuple[str, str | None, str], ...] = (
    (
        r"found more fields than defined",
        "a row has more fields than the header has names",
        "Quote fields that hold the separator, or mend the row.",
    ),
    (
        r"invalid utf-?8",
        "it is not UTF-8 throughout",
        "Write it again as UTF-8: which rows are in another encoding can't be told.",
    ),
    (
        r"could not parse `.*` as dtype",
        None,
        "The column's first 100,000 rows are of that type: mend the value, or quote the column as text throughout.",
    ),
)


def unreadable(uri: str, error: Exception) -> DataError:
    """`error` is the engine's; what it says of types and encodings is told in words of a table."""
    for pattern, said, hint in _KNOWN:
        if re.search(pattern, str(error), re.IGNORECASE):
            return DataError(f"{uri} can't be read: {said or _first_line(error)}.", hint=hint)
    return DataError(f"{uri} can't be read: {_first_line(error)}.")


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
