"""The published schema: a schema by its own dialect, generous where the reader is, strict where nothing else looks."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mlgate.checks import Check, check
from mlgate.gatefile import schema
from mlgate.gatefile.options import plain
from mlgate.results import Measurement
from mlgate.rules import RuleSyntaxErrors, parse_rules

if TYPE_CHECKING:
    from tests.gatefile.conftest import Folder


def test_it_is_a_schema_of_its_dialect(checks: Sequence[Check]) -> None:
    """By the metaschema of draft 2020-12."""
    published = schema(checks)
    assert published["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(published)
    Draft202012Validator.check_schema(schema([]))


def test_editors_get_options_with_types_and_defaults(checks: Sequence[Check]) -> None:
    """A check's table has its options, the rules, and a description."""
    published: Any = schema(checks)
    precision = published["properties"]["checks"]["properties"]["performance.precision"]
    assert precision["description"] == "The share of alarms that are right."
    assert precision["properties"]["threshold"] == {"type": "number", "default": 0.5}
    assert precision["properties"]["only"] == {"type": "array", "items": {"type": "string"}, "default": []}
    assert precision["properties"]["average"] == {"$ref": "#/$defs/Average", "default": "macro"}
    assert published["$defs"]["Average"]["enum"] == ["macro", "micro"]
    assert published["properties"]["checks"]["properties"]["data.schema"]["required"] == ["schema"]


def test_every_property_is_described(checks: Sequence[Check]) -> None:
    """What an editor completes, it also explains; options are explained by the check's page."""
    published: Any = schema(checks)
    sections = published["properties"]
    described = [each for name, section in sections.items() if name != "checks" for each in _properties(section)]
    assert described
    assert all("description" in each for each in [*sections.values(), *described])


def _properties(section: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(section.get("items", section).get("properties", {}).values())


def test_options_of_one_name_and_two_types() -> None:
    """Two enums that are called alike in two plugins do not take each other's place."""
    from enum import StrEnum

    first: Any = StrEnum("Mode", ["A"])  # type: ignore[misc]
    second: Any = StrEnum("Mode", ["B"])  # type: ignore[misc]

    def one(*, mode: object = "a") -> Measurement:
        """One."""
        return Measurement()

    def two(*, mode: object = "b") -> Measurement:
        """Two."""
        return Measurement()

    one.__annotations__["mode"] = first
    two.__annotations__["mode"] = second
    second.__module__ = "elsewhere"
    tables: Any = schema([check("x.one")(one), check("x.two")(two)])
    checks = tables["properties"]["checks"]["properties"]
    names = [checks[id]["properties"]["mode"]["$ref"].removeprefix("#/$defs/") for id in ("x.one", "x.two")]
    assert [tables["$defs"][name]["enum"] for name in names] == [["a"], ["b"]]


def test_an_option_that_no_file_can_hold_takes_anything() -> None:
    """A type beyond TOML is the check's own business."""

    class Strange:
        pass

    def odd(*, thing: object = None) -> Measurement:
        """Odd."""
        return Measurement()

    odd.__annotations__["thing"] = Strange
    tables: Any = schema([check("x.odd")(odd)])
    assert tables["properties"]["checks"]["properties"]["x.odd"]["properties"]["thing"] == {}


@pytest.mark.parametrize("block", [0, 1])
def test_examples_of_the_documentation_are_valid(block: int, folder: Folder) -> None:
    """The gate files of the guide are valid by the schema and by the reader, as far as the toy checks go."""
    guide = Path(__file__).parents[2] / "docs" / "gate-file.md"
    texts = [part.split("```")[0] for part in guide.read_text(encoding="utf-8").split("```toml\n")[1:]]
    whole = [text for text in texts if text.startswith("version = 1") and "negative_flips" in text]
    assert whole
    text = whole[0].replace("performance.negative_flips", "data.duplicates")
    if block:
        assert folder.load(text).columns.label == "default"
    else:
        Draft202012Validator(schema(folder.checks)).validate(plain(tomllib.loads(text)))


values = st.recursive(
    st.booleans() | st.integers(-3, 3) | st.floats() | st.sampled_from(["50ms", "5%", "high", "x", "", "warn", "deny"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["value", "of", "p99", "level", "undecided", "margin", "relative_margin", "severity", "at_least"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
names = st.sampled_from(
    [
        "at_least",
        "at_most",
        "between",
        "not_worse_than_champion",
        "better_than_champion",
        "no_findings",
        "any_of",
        "level",
        "undecided",
        "of",
    ]
)


@given(st.dictionaries(names, values, min_size=1, max_size=3))
def test_the_schema_and_the_reader_agree_on_rules(checks: Sequence[Check], table: dict[str, object]) -> None:
    """What the schema refuses, the reader refuses too, so that nothing inside rules goes untold.

    The reader refuses more: bounds that are not finite, ends in the wrong order, text that is no number.
    """
    validator = Draft202012Validator(schema([each for each in checks if each.id == "performance.roc_auc"]))
    tree = {"version": 1, "checks": {"performance.roc_auc": table}}
    valid = validator.is_valid(plain(tree))
    try:
        parse_rules(table)
        read = True
    except RuleSyntaxErrors:
        read = False
    assert valid or not read
