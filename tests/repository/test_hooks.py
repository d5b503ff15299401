"""The plugin contract: every hook is documented, shown by an example and tested."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlgate import spec

HOOKS = tuple(name for name, value in vars(spec).items() if name.startswith("mlgate_") and callable(value))
PROTOCOLS = (spec.Model, spec.ModelOpener, spec.TableOpener, spec.Registry, spec.Reporter, spec.Publisher)


def test_there_are_ten_hooks() -> None:
    """A new hook is a decision, not an accident."""
    assert len(HOOKS) == 10


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_says_when_what_and_shows_an_example(hook: str) -> None:
    """The docstring is the contract: when it is called, with an example of one line."""
    page = inspect.getdoc(getattr(spec, hook)) or ""
    when, _, example = page.partition("Example: ")
    assert when.strip().endswith(".")
    ast.parse(example.strip().strip("`").replace("return ", "answer = ", 1))


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_explained_in_the_guide(hook: str, root: Path) -> None:
    """What a plugin's author may implement stands in the guide."""
    assert f"`{hook}" in (root / "docs" / "own-checks.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_implemented_in_a_test(hook: str, root: Path) -> None:
    """No hook is only promised."""
    assert any(f"{hook}" in text for text in _test_texts(root, Path(__file__)))


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol.__name__)
def test_a_protocol_is_documented(protocol: type) -> None:
    """What a plugin hands over says what it must do."""
    assert inspect.getdoc(protocol)


def _test_texts(root: Path, but: Path) -> Iterator[str]:
    for folder in (root / "tests", *root.glob("plugins/*/tests"), *root.glob("examples/*/tests")):
        for path in folder.rglob("*.py"):
            if path.resolve() != but.resolve():
                yield path.read_text(encoding="utf-8")
