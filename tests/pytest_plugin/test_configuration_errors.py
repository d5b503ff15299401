"""What is wrong with a gate file is one collection error that says everything, without a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.pytest_plugin.conftest import Project


def collection_error(project: Project) -> list[str]:
    result = project.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    return project.section(result, "ERROR collecting mlgate.toml", "short test summary info")


def test_every_mistake_is_told_at_once(project: Project) -> None:
    """With its line and the nearest name, as on the command line."""
    project.write("good", gate='[polices]\n[checks."toy.goood"]\nat_least = 0.8\n')
    assert collection_error(project) == [
        "mlgate.toml:2: a gate file has no section polices. Did you mean policy?",
        "mlgate.toml:3: there is no check toy.goood. Did you mean toy.good?",
    ]


def test_a_file_that_is_no_toml(project: Project) -> None:
    """The line is the parser's."""
    project.write("good", gate="[checks\n")
    (line,) = collection_error(project)
    assert line.startswith("mlgate.toml:2: this is not TOML: ")


def test_checks_that_do_not_import(project: Project) -> None:
    """A gate with a hole in it is not a gate: nothing is run."""
    project.write("good", files={"mlgate_checks.py": "import nowhere\n"})
    place = project.path / "mlgate_checks.py"
    assert collection_error(project) == [
        f"{place}:1: your checks do not import: ModuleNotFoundError: No module named 'nowhere'. Mend that line."
    ]


def test_a_pyproject_that_is_no_toml_is_told_too(project: Project) -> None:
    """Where it was asked for, it is not passed over in silence."""
    project.write("good", files={"below/pyproject.toml": "[tool.mlgate\n"})
    result = project.run("--mlgate")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert any(line.startswith("below/pyproject.toml:1: this is not TOML: ") for line in result.outlines)
