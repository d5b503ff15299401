"""A pytest run leaves one record for each gate, and its verdict counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlgate.results import Decision

if TYPE_CHECKING:
    from tests.pytest_plugin.conftest import Project

GATE = '[checks."toy.good"]\nat_least = 0.8\n'


def test_the_record_holds_every_check_of_the_run(project: Project) -> None:
    """As `mlgate run` would leave it: same folder, same format."""
    project.write("good", "low", gate=GATE).run()
    record = project.record()
    assert {result.check: str(result.outcome) for result in record.results} == {
        "toy.good": "passed",
        "toy.low": "failed",
    }
    assert record.complete
    assert record.facts.gate.path == "mlgate.toml"
    assert project.record_files()[0].relative_to(project.path).parts[:2] == (".mlgate", "runs")
    assert record.facts.id == project.record_files()[0].parent.name


def test_the_verdict_stands_at_the_end(project: Project) -> None:
    """What was decided, why, what to do, and where the record is."""
    result = project.write("good", "low", gate=GATE).run("--tb=no")
    assert project.section(result, "mlgate", "short test summary info") == [
        "denied: 2 measurements by mlgate.toml",
        "  toy.low: 0.300 [0.280, 0.320] on 100 rows is below 0.5",
        "next: `mlgate explain toy.low` says what it measures and how to mend it.",
        f"record: {project.record_files()[0].relative_to(project.path)}",
    ]


def test_an_allowed_run_says_so(project: Project) -> None:
    """And exits with 0."""
    result = project.write("good", gate=GATE).run()
    assert result.ret == 0
    assert "allowed: 1 measurement by mlgate.toml" in result.outlines


def test_verbose_output_lists_every_measurement(project: Project) -> None:
    """-v prints the summary of `mlgate run`."""
    result = project.write("good", gate=GATE).run("-v")
    assert "+  toy.good  0.900 [0.880, 0.920]  at_least(0.8)  passed" in result.outlines


def test_checks_that_were_deselected_are_named(project: Project) -> None:
    """The record is about what ran, and says which checks of the gate file it lacks: it promotes nothing."""
    gate = f'{GATE}[checks."toy.low"]\nat_least = 0.5\n'
    result = project.write("good", "low", gate=gate).run("-k", "good")
    assert result.ret == 0
    assert project.record().verdict.decision is Decision.ALLOWED
    assert project.record_tree()["gate"]["left_out"] == ["toy.low"]
    assert "left out: toy.low (a record without them promotes nothing)" in result.outlines


def test_a_verdict_that_no_item_tells_fails_the_run(project: Project) -> None:
    """Every item passes, and a waiver has expired: the exit status is 1, and the section says why."""
    waiver = '[[waivers]]\ncheck = "toy.good"\nreason = "none"\nowner = "data-team"\nuntil = 2020-01-31\n'
    result = project.write("good", gate=GATE + waiver).run()
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert any("the waiver for toy.good expired on 2020-01-31" in line for line in result.outlines)


def test_a_gate_that_asks_nothing_fails_the_run(project: Project) -> None:
    """No rule, no pass: what is only recorded allows nothing."""
    result = project.write("unsure").run()
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert any(line.startswith("  no enforcing rule was held against this run") for line in result.outlines)


def test_a_run_that_measures_nothing_leaves_no_record(project: Project) -> None:
    """--collect-only, and runs of other tests alone."""
    project.write("good", gate=GATE, tests="def test_other(): pass\n")
    assert project.run("--collect-only").ret == 0
    assert project.run("test_own.py").ret == 0
    assert project.record_files() == []


def test_two_gate_files_leave_two_records(project: Project) -> None:
    """One record speaks of one candidate: each lies beside its gate file."""
    project.write("good", gate=GATE)
    for name in ("mlgate.toml", "mlgate_checks.py"):
        project.write("good", gate=GATE, files={f"second/{name}": (project.path / name).read_text()})
    project.run().assert_outcomes(passed=2)
    assert [path.relative_to(project.path).parts[0] for path in project.record_files()] == [".mlgate", "second"]


def test_a_record_that_can_not_be_written_fails_the_run(project: Project) -> None:
    """A verdict that nobody can look up is no success."""
    project.write("good", gate=GATE, files={".mlgate": "a file where the folder should be"})
    result = project.run()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert any(line.startswith("no record was kept: ") for line in result.outlines)


def test_a_gate_file_outside_of_the_root_is_told_apart(project: Project) -> None:
    """Node ids do not name its file then; the record says what was left out all the same."""
    project.write("good", "low", gate=GATE).pytester.mkdir("root")
    result = project.run("--rootdir=root", "mlgate.toml", "-k", "good")
    assert result.ret == 0
    assert [result.check for result in project.record().results] == ["toy.good"]
    assert project.record().facts.gate.left_out == ("toy.low",)


MOVING = """
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report):
    parcel = getattr(report, "mlgate_parcel", None)
    if parcel and report.nodeid.endswith("toy.low"):
        parcel["record"] = parcel["record"].replace({old!r}, {new!r})
"""


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            '"champion": null',
            '"champion": {"uri": "models:/m/8", "digest": null, "name": null, "version": null, "alias": null}',
            "the champion changed while the tests ran, so that they judged different things.",
        ),
        (
            '"digest": "sha256:',
            '"digest": "sha256:0',
            "the gate file changed while the tests ran, so that they judged different things.",
        ),
    ],
)
def test_workers_that_saw_different_things_leave_no_record(project: Project, old: str, new: str, sentence: str) -> None:
    """An alias that moves in the middle of a run, for one worker and not for the other."""
    gate = '[checks."toy.good"]\nat_least = 0.8\n[checks."toy.low"]\nat_least = 0.1\n'
    project.write("good", "low", gate=gate, files={"conftest.py": MOVING.format(old=old, new=new)})
    result = project.run()
    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert f"no record was kept: {sentence} Run again when nothing moves." in result.outlines
    assert project.record_files() == []
