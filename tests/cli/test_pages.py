"""The page of a check says options in the gate file's own terms."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest

from mlgate.checks import Option
from mlgate.cli.pages import default_in_words, type_in_words


class Shape(StrEnum):
    STEP = "step"
    RAMP = "ramp"


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (int, "int"),
        (float | None, "float"),
        (Literal["low", "high"] | None, '"low" or "high"'),
        (Literal["a", "b", 3], '"a", "b" or 3'),
        (Shape, '"step" or "ramp"'),
        (tuple[str, ...], "list of str"),
        (list[int] | dict[str, int], "list of int or table of int"),
        (dict[str, Any], "table"),
        (dict[str, dict[str, Any]] | None, "table of tables"),
        (Mapping[str, float], "table of float"),
        (Annotated[list[Any], "a schema of a thousand letters"] | None, "list"),
    ],
)
def test_a_type_is_told_as_the_gate_file_writes_it(annotation: object, words: str) -> None:
    """No names of Python classes, no schemas."""
    assert type_in_words(annotation) == words


@pytest.mark.parametrize("value", ["", 'a "quoted" word', 0.5, True, [], ["a"], {}, {"a b": 1}, Shape.RAMP])
def test_a_default_can_be_copied_into_the_gate_file(value: object) -> None:
    """tomllib reads back what the page says."""
    words = default_in_words(Option("option", object, value, required=False))
    assert tomllib.loads(f"option = {words}") == {"option": value}


def test_what_has_no_default_is_said() -> None:
    """Unset and required are not the same."""
    assert default_in_words(Option("option", str, None, required=False)) == "not set"
    assert default_in_words(Option("option", str, None, required=True)) == "to be set"
