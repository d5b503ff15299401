"""Options of checks: typed by their annotations, from a file and from the command line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Literal

import pytest

from mlgate.checks import Option
from mlgate.errors import UsageError
from mlgate.gatefile import coerce, from_text


class Average(StrEnum):
    MACRO = "macro"
    MICRO = "micro"


def option(annotation: object) -> Option:
    return Option("x", annotation, None, False)


@pytest.mark.parametrize(
    ("annotation", "value", "typed"),
    [
        (float, 1, 1.0),
        (int, 3, 3),
        (str, "a", "a"),
        (bool, True, True),
        (tuple[str, ...], ["a", "b"], ("a", "b")),
        (list[int], [1, 2], [1, 2]),
        (float | None, 0.5, 0.5),
        (Literal["open", "closed"], "open", "open"),
        (Average, "micro", Average.MICRO),
        (Mapping[str, float], {"a": 1}, {"a": 1.0}),
        (date, date(2026, 1, 1), date(2026, 1, 1)),
        (int | str, "a", "a"),
        (object, {"any": [1]}, {"any": [1]}),
        (Any, 3, 3),
    ],
)
def test_values_of_a_file(annotation: object, value: object, typed: object) -> None:
    """TOML's value becomes one of the type that the check asks for."""
    converted = coerce(option(annotation), value)
    assert converted == typed
    assert type(converted) is type(typed)


@pytest.mark.parametrize(
    ("annotation", "value", "sentence"),
    [
        (float, "1", "the option x can't take this value: expected `float`, got `str`."),
        (int, True, "the option x can't take this value: expected `int`, got `bool`."),
        (tuple[str, ...], "a", "the option x can't take this value: expected `array`, got `str`."),
        (Average, "marco", "the option x can't take this value: invalid enum value 'marco'."),
        (float, float("nan"), "the option x takes finite numbers alone."),
        (list[float], [1.0, float("inf")], "the option x takes finite numbers alone."),
    ],
)
def test_values_that_do_not_fit(annotation: object, value: object, sentence: str) -> None:
    """A file's text is no number, and nothing is NaN."""
    with pytest.raises(UsageError) as refusal:
        coerce(option(annotation), value)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("annotation", "text", "typed"),
    [
        (float, "0.4", 0.4),
        (float, "1", 1.0),
        (int, "1_000", 1000),
        (str, "0.4", "0.4"),
        (str, '"quoted"', "quoted"),
        (str, "a b", "a b"),
        (bool, "true", True),
        (tuple[str, ...], '["a", "b"]', ("a", "b")),
        (Average, "micro", Average.MICRO),
        (Literal["open", "closed"], "open", "open"),
        (int | None, "3", 3),
    ],
)
def test_text_of_the_command_line(annotation: object, text: str, typed: object) -> None:
    """As it would stand in the file, without quotes around plain text."""
    assert from_text(option(annotation), text) == typed


def test_text_that_does_not_fit() -> None:
    """The refusal is that of the text."""
    with pytest.raises(UsageError, match=r"the option x can't take this value: expected `float`, got `str`\."):
        from_text(option(float), "high")
