"""Pages: copies of a hundred entries in the tags of one run, since MLflow hands out runs at a third of a millisecond.

The entries themselves stay where they are: a page that is missing or odd is passed over, and they are read one by one.
A page is made in one request; two writers that both make one make the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence

from mlgate import Entry, RecordError, parse_entry
from mlgate_mlflow.client import client
from mlgate_mlflow.experiment import made
from mlgate_mlflow.ledger_runs import SEQ, finished, in_order, key, place, runs, text

DIGITS = 2
"""A page's entries differ in the last digits of their numbers alone: a search finds them by the others."""
_MOST_PAGES = 20  # made at once: a ledger from before there were pages catches up bit by bit
_OF, _NUMBER, _DIGEST, _PART = "mlgate.ledger-page-of", "mlgate.page", "mlgate.page-digest", "mlgate.page-part-"
_MOST_CHARACTERS = 8_000  # of a tag: MLflow cuts longer ones, in silence


def read(name: str, last: int) -> tuple[bytes, ...]:
    """Every finished entry in its order: from the first pages, then from their own runs.

    `last` is the number of the last one as far as it is known: a gap before it hides nothing behind it.
    """
    pages, number = _pages(name), 0
    texts: list[bytes] = []
    while 0 in pages and (found := pages.get(number) or _entries(name, number)):
        texts, number = texts + found, number + 1
    whole = number > last // length()
    return tuple(texts) if whole else tuple(text(run) for run in in_order(runs(finished(name))))


def length() -> int:
    """How many entries stand in a page; in the first one less, since the first entry is number 1."""
    return int(10**DIGITS)


def keep(name: str, seq: int) -> None:
    """Make the first pages that are full and missing, when the last entry of one was written."""
    if (seq + 1) % length():
        return
    there = _pages(name)
    missing = [number for number in range((seq + 1) // length()) if number not in there]
    for number in missing[:_MOST_PAGES]:
        texts = _entries(name, number)
        if _whole(number, texts):
            _make(name, number, texts)


def _pages(name: str) -> dict[int, list[bytes]]:
    found: dict[int, list[bytes]] = {}
    for run in runs(f"tags.`{_OF}` = '{key(name)}'"):
        tags = run.data.tags
        content = "\n".join(tags[tag] for tag in sorted(tags) if tag.startswith(_PART))
        number = tags.get(_NUMBER, "")
        if re.fullmatch("[0-9]{1,9}", number) and tags.get(_DIGEST) == _sha256(content):
            found[int(number)] = content.encode().split(b"\n")
    return found


def _entries(name: str, number: int) -> list[bytes]:
    """The entries of one page, from their own runs."""
    start = place(number * length())[:-DIGITS]
    return [text(run) for run in in_order(runs(f"{finished(name)} and tags.`{SEQ}` LIKE '{start}%'"))]


def _whole(number: int, texts: Sequence[bytes]) -> bool:
    """Whether nothing is missing or double, and each follows the one before: what is broken stays where it is seen."""
    try:
        entries = [parse_entry(each) for each in texts]
    except RecordError:
        return False
    due = range(max(number * length(), 1), (number + 1) * length())
    return [each.seq for each in entries] == list(due) and all(map(_follows, entries, entries[1:]))


def _follows(one: Entry, next: Entry) -> bool:
    return next.previous == one.hash


def _make(name: str, number: int, texts: Sequence[bytes]) -> None:
    content = b"\n".join(texts).decode()
    parts = {f"{_PART}{index:03d}": part for index, part in enumerate(_parts(content.split("\n")))}
    tags = {_OF: key(name), _NUMBER: str(number), _DIGEST: _sha256(content), "mlgate.model": name, **parts}
    run = client().create_run(made(), tags=tags, run_name=f"ledger of {name}, page {number}").info
    client().set_terminated(run.run_id)


def _parts(lines: Sequence[str]) -> Iterator[str]:
    """As many lines as a tag holds."""
    part = lines[0]
    for line in lines[1:]:
        if len(part) + 1 + len(line) > _MOST_CHARACTERS:
            yield part
            part = line
        else:
            part = f"{part}\n{line}"
    yield part


def _sha256(content: str) -> str:
    return f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"
