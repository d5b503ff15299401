"""A gate file is a file of tests: one item per check, and pytest's own ways of selecting work on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.pytest_plugin.conftest import Project

GATE = '[checks."toy.good"]\nat_least = 0.8\n'


def test_each_check_is_an_item_with_its_id(project: Project) -> None:
    """`mlgate.toml::toy.good`, in the order of the plan."""
    result = project.write("good", "low", "found", gate=GATE).run("--collect-only", "-q")
    assert result.outlines[:3] == ["mlgate.toml::other.found", "mlgate.toml::toy.good", "mlgate.toml::toy.low"]


def test_one_item_is_run_by_its_node_id(project: Project) -> None:
    """As any test of any file."""
    result = project.write("good", "low", gate=GATE).run("mlgate.toml::toy.good")
    result.assert_outcomes(passed=1)


def test_a_gate_file_in_a_folder_below_is_collected_with_its_own_checks(project: Project) -> None:
    """Two models of one repository have a gate file each, and each leaves its record beside its gate file."""
    project.write("good", gate=GATE, files={"second/mlgate.toml": "version = 1\n", "second/mlgate_checks.py": ""})
    result = project.run("--collect-only", "-q")
    assert result.outlines[0] == "mlgate.toml::toy.good"
    assert "second/mlgate.toml" not in result.stdout.str()  # it plans nothing


@pytest.mark.parametrize(
    ("options", "passed", "failed"),
    [
        (("-k", "good"), 1, 0),
        (("-k", "toy and not good"), 0, 1),
        (("-k", "toy.good"), 1, 0),
        (("-m", "toy"), 1, 1),
        (("-m", "other"), 0, 1),
        (("-m", "mlgate and not other"), 1, 1),
        (("-m", "not mlgate"), 0, 0),
    ],
)
def test_checks_are_selected_by_name_and_by_marker(
    project: Project, options: tuple[str, ...], passed: int, failed: int
) -> None:
    """Every check has the marker mlgate and that of its family, and both are known where markers are strict."""
    result = project.write("good", "low", "found", gate=GATE).run("--strict-markers", "--strict-config", *options)
    result.assert_outcomes(passed=passed, failed=failed, deselected=3 - passed - failed)


def test_the_marker_is_listed(project: Project) -> None:
    """`pytest --markers` says what it is."""
    listed = project.run("--markers").stdout.str()
    assert "@pytest.mark.mlgate: a check of a gate file; its family (performance, data) is a marker too" in listed


def test_the_last_failed_are_run_again(project: Project) -> None:
    """--lf leaves out what passed."""
    project.write("good", "low", gate=GATE).run("-p", "cacheprovider").assert_outcomes(passed=1, failed=1)
    result = project.run("-p", "cacheprovider", "--lf", "-v")
    result.assert_outcomes(failed=1)
    assert any(line.startswith("mlgate.toml::toy.low FAILED") for line in result.outlines)


def test_the_first_failure_can_stop_the_run(project: Project) -> None:
    """-x leaves the rest unmeasured, and the record says so: what was not measured is not allowed."""
    result = project.write("good", "found", gate=GATE).run("-x")
    result.assert_outcomes(failed=1)
    stopped = project.record().results[-1]
    assert (stopped.check, stopped.outcome, stopped.reason) == (
        "toy.good",
        "errored",
        "not run: pytest stopped before it.",
    )


def test_the_plugin_can_be_switched_off(project: Project) -> None:
    """-p no:mlgate: no item, no fixture, no record."""
    result = project.write("good", gate=GATE).run("-p", "no:mlgate")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert project.record_files() == []


class TestPyproject:
    """[tool.mlgate] is a gate file that is collected only where somebody asks for it: every project has the file."""

    SECTION = '[tool.mlgate]\nversion = 1\n[tool.mlgate.checks."toy.good"]\nat_least = 0.8\n'

    def collected(self, project: Project, *options: str, pyproject: str = SECTION) -> list[str]:
        project.write("good", files={"pyproject.toml": pyproject})
        (project.path / "mlgate.toml").unlink()
        return [line for line in project.run("--collect-only", "-q", *options).outlines if "::" in line]

    def test_it_is_not_collected_by_itself(self, project: Project) -> None:
        """A plain run of a project's tests measures nothing."""
        assert self.collected(project) == []

    def test_it_is_collected_with_the_option(self, project: Project) -> None:
        """--mlgate asks for it."""
        assert self.collected(project, "--mlgate") == ["pyproject.toml::toy.good"]

    def test_it_is_collected_with_the_setting(self, project: Project) -> None:
        """So does `mlgate = true` in pytest's own settings."""
        setting = "[tool.pytest.ini_options]\nmlgate = true\n"
        assert self.collected(project, pyproject=setting + self.SECTION) == ["pyproject.toml::toy.good"]

    def test_a_file_without_the_section_is_none(self, project: Project) -> None:
        """The option is harmless elsewhere."""
        assert self.collected(project, "--mlgate", pyproject="[project]\nname = 'x'\n") == []

    def test_an_mlgate_toml_beside_it_wins(self, project: Project) -> None:
        """As on the command line: one folder has one gate file."""
        project.write("good", files={"pyproject.toml": self.SECTION})
        lines = project.run("--collect-only", "-q", "--mlgate").outlines
        assert [line for line in lines if "::" in line] == ["mlgate.toml::toy.good"]
