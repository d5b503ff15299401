"""The chain: whatever is done to a stored entry, the first one that does not follow is named."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate import Entry, Event, EventKind, RecordError, append, parse_entry, read_chain, written
from mlgate.ledger.entry import GENESIS

MODEL = f"sha256:{'ab' * 32}"
TEXT = st.text(min_size=1, max_size=20).filter(lambda text: not any("\ud800" <= sign <= "\udfff" for sign in text))
EVENTS = st.builds(
    Event,
    st.sampled_from(EventKind),
    st.just("2026-11-28T08:00:00Z"),
    st.just("bank"),
    st.just("loan"),
    TEXT,
    alias=st.none() | TEXT,
    version=st.none() | st.sampled_from("123"),
    generation=st.none() | st.integers(0, 9),
    digests=st.dictionaries(st.sampled_from(["model", "record"]), st.just(MODEL)),
    reason=st.none() | st.text(max_size=20),
)


def event(number: int, **parts: Any) -> Event:
    known = {"alias": "champion", "version": str(number), "generation": number, "digests": {"model": MODEL}}
    return Event(EventKind.PROMOTION, f"2026-11-28T08:00:0{number}Z", "bank", "loan", "ci", **{**known, **parts})


def chain(events: list[Event]) -> list[Entry]:
    entries: list[Entry] = []
    for each in events:
        entries.append(append(entries[-1] if entries else None, each))
    return entries


@pytest.fixture
def stored() -> list[bytes]:
    """Five promotions as they are stored."""
    return [written(entry) for entry in chain([event(number) for number in range(1, 6)])]


def changed(document: bytes, **parts: Any) -> bytes:
    """The entry with other parts, in the canonical form."""
    return json.dumps({**json.loads(document), **parts}, sort_keys=True, separators=(",", ":")).encode()


def rehashed(document: bytes, **parts: Any) -> bytes:
    """The entry with other parts and the hash that belongs to them, made by hand."""
    tree = {**json.loads(document), **parts}
    del tree["hash"]
    content = json.dumps(tree, sort_keys=True, separators=(",", ":")).encode()
    return changed(document, **parts, hash=hashlib.sha256(content).hexdigest())


def broken(documents: list[bytes]) -> str:
    found = read_chain(documents).broken
    assert found is not None
    return str(found)


def test_each_entry_names_the_one_before(stored: list[bytes]) -> None:
    """Hashes made with hashlib and json alone, as the format is published."""
    trees = [json.loads(document) for document in stored]
    assert [tree["previous"] for tree in trees] == [GENESIS, *(tree["hash"] for tree in trees[:-1])]
    for document, tree in zip(stored, trees, strict=True):
        assert rehashed(document) == document
        assert document == json.dumps(tree, sort_keys=True, separators=(",", ":")).encode("ascii")


def test_what_a_sound_ledger_knows(stored: list[bytes]) -> None:
    """How often an alias moved, and what the next entry names."""
    ledger = read_chain(stored)
    assert ledger.broken is None
    assert ledger.head == json.loads(stored[-1])["hash"]
    assert (ledger.generation("champion"), ledger.generation("challenger")) == (5, 0)


def test_an_empty_ledger_is_sound() -> None:
    """Nothing happened yet."""
    ledger = read_chain([])
    assert (ledger.entries, ledger.broken, ledger.head, ledger.generation("champion")) == ((), None, GENESIS, 0)


def test_a_changed_entry_is_named(stored: list[bytes]) -> None:
    """By its place."""
    stored[2] = changed(stored[2], actor="nobody")
    assert broken(stored) == "entry 3: it was changed after it was written: its hash is not that of its content."


def test_an_entry_changed_with_its_hash_breaks_the_next(stored: list[bytes]) -> None:
    """Whoever changes one has to change all that follow."""
    stored[2] = rehashed(stored[2], actor="nobody")
    assert broken(stored) == "entry 4: it does not follow the entry before it: that one was changed or exchanged."


def test_a_missing_entry_is_named(stored: list[bytes]) -> None:
    """In the middle; at the end nothing tells but a head that was kept."""
    del stored[2]
    assert broken(stored) == "entry 3: it is missing: number 4 stands in its place."


def test_an_entry_that_stands_twice_is_named(stored: list[bytes]) -> None:
    """Copied in."""
    stored.insert(2, stored[1])
    assert broken(stored) == "entry 3: number 2 stands here once more."


def test_entries_in_another_order_are_named(stored: list[bytes]) -> None:
    """Exchanged."""
    stored[1], stored[2] = stored[2], stored[1]
    assert broken(stored) == "entry 2: it is missing: number 3 stands in its place."


def test_an_entry_of_another_model_is_named(stored: list[bytes]) -> None:
    """Properly chained, and brought in from elsewhere."""
    stored[2] = rehashed(stored[2], model="loans")
    assert broken(stored) == "entry 3: it is of another ledger: of loans in bank."


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "entry 2: it is no entry of a ledger: Input data was truncated."),
        (b"[]", "entry 2: it is no entry of a ledger: Expected `object`, got `array`."),
        (b"\xff", "entry 2: it is no entry of a ledger: JSON is malformed: invalid character (byte 0)."),
    ],
)
def test_what_is_no_entry_is_named(stored: list[bytes], document: bytes, said: str) -> None:
    """Whatever stands there."""
    assert broken([stored[0], document]) == said


def test_another_form_of_the_same_entry_is_refused(stored: list[bytes]) -> None:
    """A space more, and it is not what was written."""
    assert broken([stored[0].replace(b",", b", ", 1)]) == (
        "entry 1: it is not in the form in which entries are written."
    )


@pytest.mark.parametrize("parts", [{"digests": {"model": "md5:0"}}, {"generation": -1}, {"alias": ""}])
def test_an_event_that_is_none_is_not_written(parts: dict[str, Any]) -> None:
    """Better no entry than one that nobody can read."""
    with pytest.raises(RecordError, match="this can't be written into a ledger: "):
        append(None, event(1, **parts))


@given(events=st.lists(EVENTS, max_size=8))
def test_what_was_written_is_read_again(events: list[Event]) -> None:
    """All of it, in ASCII, whatever names people give to things."""
    entries = chain(events)
    documents = [written(entry) for entry in entries]
    assert read_chain(documents).entries == tuple(entries)
    assert [parse_entry(document.decode("ascii")) for document in documents] == entries


@settings(max_examples=300)
@given(place=st.integers(0, 10**9), byte=st.integers(0, 255))
def test_every_changed_byte_is_seen(place: int, byte: int) -> None:
    """And no entry after it is believed."""
    documents = [written(entry) for entry in chain([event(number) for number in range(1, 4)])]
    place %= len(documents[1])
    if documents[1][place] == byte:
        return
    documents[1] = documents[1][:place] + bytes([byte]) + documents[1][place + 1 :]
    ledger = read_chain(documents)
    assert ledger.broken is not None
    assert (len(ledger.entries), ledger.broken.seq) == (1, 2)
