"""Files and functions stay small enough to be read at one sitting."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

GRAB_BAGS = {"utils", "util", "helpers", "common", "misc", "core", "_core"}


def test_no_file_is_longer_than_400_lines_and_the_median_is_under_150(sources: tuple[Path, ...]) -> None:
    """A file that holds everything is where understanding ends."""
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources}
    assert {path.name: count for path, count in lines.items() if count > 400} == {}
    assert median(lines.values()) < 150


def test_the_median_function_is_under_ten_lines(sources: tuple[Path, ...]) -> None:
    """A function does one thing."""
    lengths = [
        _lines(node) for path in sources for node in ast.walk(ast.parse(path.read_bytes())) if _is_function(node)
    ]
    assert median(lengths) < 10


def test_no_module_is_a_grab_bag(sources: tuple[Path, ...]) -> None:
    """A module is named for what it holds."""
    assert [path for path in sources if path.stem in GRAB_BAGS] == []


def test_no_folder_holds_a_single_module(sources: tuple[Path, ...]) -> None:
    """A folder with one module is a module."""
    packages = {path.parent for path in sources if path.name == "__init__.py"}
    alone = [folder.name for folder in packages if len([*folder.glob("*.py"), *folder.glob("*/__init__.py")]) == 1]
    assert alone == []


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def _lines(node: ast.AST) -> int:
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1
