"""The gate file is looked for from a folder up."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.gatefile import find


@pytest.fixture
def inner(tmp_path: Path) -> Path:
    inner = tmp_path / "project" / "inner"
    inner.mkdir(parents=True)
    return inner


def test_nearest_file_upward(inner: Path) -> None:
    """The one in the folder itself wins over one above."""
    above = inner.parent / "mlgate.toml"
    above.write_text("version = 1\n")
    assert find(inner) == above
    (inner / "mlgate.toml").write_text("version = 1\n")
    assert find(inner) == inner / "mlgate.toml"


def test_pyproject_counts_where_it_holds_a_gate(inner: Path) -> None:
    """A pyproject.toml without [tool.mlgate] is none; mlgate.toml beside one that has it wins."""
    pyproject = inner / "pyproject.toml"
    pyproject.write_text('[project]\nname = "x"\n')
    assert find(inner) is None
    pyproject.write_text("[tool.mlgate]\nversion = 1\n")
    assert find(inner) == pyproject
    (inner / "mlgate.toml").write_text("version = 1\n")
    assert find(inner) == inner / "mlgate.toml"


def test_a_broken_pyproject_is_not_passed_over(inner: Path) -> None:
    """A file that mentions a gate and can't be read must not make a run without a gate."""
    pyproject = inner / "pyproject.toml"
    pyproject.write_text("[tool.mlgate]\nversion = = 1\n")
    assert find(inner) == pyproject
    pyproject.write_text("[tool.other]\nversion = = 1\n")
    assert find(inner) is None


def test_none_where_there_is_none(inner: Path) -> None:
    """A folder called mlgate.toml is no gate file."""
    (inner / "mlgate.toml").mkdir()
    assert find(inner) is None
