"""Every key and item of a TOML text has its line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.gatefile.places import KeyPath, Places
from mlgate.gatefile.toml_text import to_key, to_toml

TEXT = '''# a comment with [brackets] and "quotes
version = 1

[data] # [not.a.table]
train = """
[looks.like] = "a table"
"""
test = 'C:\\new "quoted" [x]'
slices = [
  "region",   # a comment, with a comma
  ["region",
   "sex"],
]
"odd \\"key\\".x" = 1
'single.quoted' = { inner = [1, 2], other = { deep = "}" } }

[checks."performance.roc_auc"]
at_least = 0.78
not_worse_than_champion = { margin = 0.01, level = "warn" }

[ checks . "load.latency" ]
at_most.p99 = "50ms"
at_most.p50 = "9ms"

[[waivers]]
check = "a"
[[waivers]]
check = "b"
[waivers.more]
x = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("version",), 2),
        (("data",), 4),
        (("data", "train"), 5),
        (("data", "test"), 8),
        (("data", "slices"), 9),
        (("data", "slices", 0), 10),
        (("data", "slices", 1), 11),
        (("data", "slices", 1, 1), 12),
        (("data", 'odd "key".x'), 14),
        (("data", "single.quoted"), 15),
        (("data", "single.quoted", "inner", 1), 15),
        (("data", "single.quoted", "other", "deep"), 15),
        (("checks",), 17),
        (("checks", "performance.roc_auc"), 17),
        (("checks", "performance.roc_auc", "not_worse_than_champion", "margin"), 19),
        (("checks", "load.latency"), 21),
        (("checks", "load.latency", "at_most"), 22),
        (("checks", "load.latency", "at_most", "p50"), 23),
        (("waivers", 0), 25),
        (("waivers", 1), 27),
        (("waivers", 1, "check"), 28),
        (("waivers", 1, "more", "x"), 30),
        (("checks", "performance.roc_auc", "nowhere", "at all"), 17),
        (("nowhere",), 1),
    ],
)
def test_lines_of_every_form(path: KeyPath, line: int) -> None:
    """Headers, dotted and quoted keys, inline tables, lists over lines, strings that look like tables."""
    assert tomllib.loads(TEXT)  # the example is TOML
    assert Places(TEXT).line(path) == line


def test_windows_line_ends() -> None:
    """A carriage return is part of no key and counts no line."""
    assert Places(TEXT.replace("\n", "\r\n")).line(("waivers", 1, "check")) == 28


def test_everything_that_is_read_has_a_place() -> None:
    """Each path of the tree is found by itself, not by its parent."""
    places = Places(TEXT)
    known = places._offsets
    assert all(path in known for path in _paths((), tomllib.loads(TEXT)))


def _paths(path: KeyPath, value: object) -> Iterator[KeyPath]:
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _paths((*path, key), item)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _paths((*path, place), item)


keys = st.text(min_size=1, max_size=6) | st.sampled_from(["a", "b.c", 'd"e', "[f]", "#g", "'"])
scalars = st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(max_size=12)
inline = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=5
)
tables = st.dictionaries(keys, inline, max_size=4)
documents = st.tuples(tables, st.dictionaries(keys, tables, max_size=3), st.sampled_from(["\n", "\r\n"]))


@given(documents, st.lists(st.sampled_from(["", "# [x] = 'y'", "   "]), max_size=2))
def test_lines_are_those_the_writer_wrote(
    document: tuple[dict[str, object], dict[str, dict[str, object]], str], between: list[str]
) -> None:
    """Whatever is written, with whatever stands between, the line found is the line it was written on."""
    pairs, sections, newline = document
    lines: list[str] = []
    written: dict[KeyPath, int] = {}
    for key, value in pairs.items():
        if key not in sections:
            _write(lines, written, (), key, value)
            lines += between
    for name, table in sections.items():
        lines.append(f"[{to_key(name)}]")
        written[name,] = len(lines)
        for key, value in table.items():
            _write(lines, written, (name,), key, value)
            lines += between
    text = newline.join(lines) + newline
    tomllib.loads(text)
    places = Places(text)
    assert {path: places.line(path) for path in written} == written


def _write(lines: list[str], written: dict[KeyPath, int], table: KeyPath, key: str, value: object) -> None:
    """A pair, lists with one item per line."""
    path = (*table, key)
    if not isinstance(value, list):
        lines.append(f"{to_key(key)} = {to_toml(value)}")
        written[path] = len(lines)
        return
    lines.append(f"{to_key(key)} = [")
    written[path] = len(lines)
    for place, item in enumerate(value):
        lines.append(f"  {to_toml(item)},  # ]")
        written[(*path, place)] = len(lines)
    lines.append("]")
