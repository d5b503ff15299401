"""What an engine says of rows that it can't read, as a sentence: file and line, what was expected, the way out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from mlgate.errors import DataError
from mlgate.tabular.text_rows import BadRow, first_bad_row

_AGAIN = "Write or copy it again."
_KNOWN: tuple[tuple[str, str, str], ...] = (
    (r"empty CSV", "it is empty", "A table has a header and at least one row."),
    (r"unexpected end of file", "it is a compressed file that was cut off", _AGAIN),
    (r"footer|out of specification|thrift", "its Parquet footer is damaged", _AGAIN),
    (
        r"found more fields than defined",
        "a row has more fields than the header has names",
        "Quote fields that hold the separator, or mend the row.",
    ),
    (r"(invalid|valid) utf-?8", "it is not UTF-8 throughout", "Write it again as UTF-8."),
)


def unreadable(uri: str, error: BaseException, paths: Sequence[Path] = ()) -> DataError:
    """`error` is the engine's, about the table `uri` in the files at `paths`; a row of text files is looked for."""
    bad = first_bad_row(paths, str(error))
    if bad is not None:
        return _told(bad)
    for pattern, said, hint in _KNOWN:
        if re.search(pattern, str(error), re.IGNORECASE):
            return DataError(f"{uri} can't be read: {said}.", hint=hint)
    if uri.lower().endswith((".parquet", ".pq")):
        return DataError(f"{uri} can't be read: its Parquet pages are damaged.", hint=_AGAIN)
    return DataError(f"{uri} can't be read: {_first_line(error)}.")


def _told(bad: BadRow) -> DataError:
    return DataError(f"{bad.path}:{bad.line} can't be read: {bad.said}.", hint=bad.hint)


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
