"""Whatever stands in a gate file, it is read or refused with sentences: no other exception, no empty refusal."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlgate.errors import GateFileError
from mlgate.gatefile import load
from mlgate.gatefile.toml_text import to_key, to_toml

if TYPE_CHECKING:
    from tests.gatefile.conftest import Folder

words = st.sampled_from(
    [
        *("version", "candidate", "champion", "data", "checks", "policy", "waivers", "promote"),
        *("model", "train", "label", "positive", "sensitive", "slices", "confidence", "looks", "undecided", "alias"),
        *(
            "performance.roc_auc",
            "performance.precision",
            "load.latency",
            "data.schema",
            "security.code",
            "performance",
        ),
        *("at_least", "at_most", "between", "any_of", "level", "of", "value", "margin", "not_worse_than_champion"),
        *("threshold", "columns", "schema", "span", "check", "reason", "owner", "until", "rule", "x", "", "ü.y"),
    ]
)
scalars = st.one_of(
    st.booleans(),
    st.integers(-2, 2),
    st.floats(),
    words,
    st.text(max_size=4),
    st.sampled_from([date(2027, 1, 31), datetime(2027, 1, 31, 10), time(10)]),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4), max_leaves=8
)
documents = st.dictionaries(words, values, max_size=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(documents, st.booleans())
def test_any_tree(folder: Folder, document: dict[str, object], versioned: bool) -> None:
    """Known words in unknown places, values of any kind."""
    tree = {**document, "version": 1} if versioned else document
    _read_or_refuse(folder, "".join(f"{to_key(key)} = {to_toml(value)}\n" for key, value in tree.items()).encode())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(st.binary(max_size=60) | st.text(alphabet="[]{}=.,'\"#\n\\a1 -:", max_size=40).map(str.encode))
def test_any_bytes(folder: Folder, content: bytes) -> None:
    """What is not TOML is refused as such."""
    _read_or_refuse(folder, content)


def _read_or_refuse(folder: Folder, content: bytes) -> None:
    path = folder.write(content)
    problems: tuple[object, ...] = ()
    try:
        load(path, folder.checks)
    except GateFileError as refusal:
        problems = refusal.problems
        assert problems, "a refusal says why"
    assert all(str(problem).startswith("mlgate.toml") and str(problem)[-1] in ".?" for problem in problems)
