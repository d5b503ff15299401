"""What happened to a check is what happens to its item, and a failure says the number, the rule and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.pytest_plugin.conftest import Project


def told(project: Project, result: pytest.RunResult, check: str) -> list[str]:
    """The text of the only failure, its first line last."""
    return project.section(result, f"check {check}", "mlgate")


class TestFailures:
    def test_a_failed_rule_shows_the_number_the_rule_and_the_way_out(self, project: Project) -> None:
        """No traceback: nothing crashed. The advice is the first paragraph of the page's `What to do`."""
        result = project.write("low", gate='[checks."toy.low"]\nat_least = 0.5\n').run()
        result.assert_outcomes(failed=1)
        assert told(project, result, "toy.low") == [
            "toy.low failed: 0.300 [0.280, 0.320] on 100 rows is below 0.5",
            "  measured  0.300 [0.280, 0.320], on 100 rows",
            "  rule      at_least(0.5) (mlgate.toml:3)",
            "  way out   Train on more rows, then try again. `mlgate explain toy.low` says more.",
        ]

    def test_the_summary_names_the_reason(self, project: Project) -> None:
        """Also where the rest of the output is not read."""
        result = project.write("low").run("--tb=no")
        first = "FAILED mlgate.toml::toy.low - Failed: toy.low failed: 0.300"
        assert any(line.startswith(first) for line in result.outlines)

    def test_a_default_rule_says_that_it_is_one(self, project: Project) -> None:
        """Nobody looks for it in the gate file."""
        result = project.write("low").run()
        assert told(project, result, "toy.low")[2] == "  rule      at_least(0.5) (the default rule of this check)"

    def test_several_rules_speak_for_themselves(self, project: Project) -> None:
        """Each that is not met, with its own reason."""
        result = project.write(
            "low", gate='[checks."toy.low"]\nat_least = 0.5\nbetween = [0.2, 0.4]\nat_most = 0.1\n'
        ).run()
        assert told(project, result, "toy.low")[2:4] == [
            "  rule      at_least(0.5) (mlgate.toml:3) failed: 0.300 [0.280, 0.320] on 100 rows is below 0.5",
            "  rule      at_most(0.1) (mlgate.toml:5) failed: 0.300 [0.280, 0.320] on 100 rows is above 0.1",
        ]

    def test_findings_are_listed(self, project: Project) -> None:
        """Each with its severity."""
        result = project.write("found").run()
        assert told(project, result, "other.found") == [
            "other.found failed: 2 findings: a private key, and 1 more",
            "  measured  2 findings",
            "            medium: a private key",
            "            medium: a password",
            "  rule      no_findings() (the default rule of this check)",
            "  way out   `mlgate explain other.found` says more.",
        ]

    def test_a_crash_shows_its_traceback(self, project: Project) -> None:
        """The author of the check needs it; the line of the check is the way out."""
        result = project.write("crash").run()
        lines = told(project, result, "toy.crash")
        checks = project.path / "mlgate_checks.py"
        assert lines[:4] == [
            "toy.crash errored: the check crashed with ZeroDivisionError: division by zero",
            f"  way out   mend the check at {checks}:3.",
            "",
            "Traceback (most recent call last):",
        ]
        assert f'  File "{checks}", line 6, in crash' in lines
        assert lines[-1] == "ZeroDivisionError: division by zero"


class TestInconclusive:
    GATE = '[checks."toy.unsure"]\nat_least = 0.5\n'

    def test_it_fails_where_it_denies(self, project: Project) -> None:
        """The policy's default: a stated rule that can't be decided does not pass; the text says what would decide."""
        result = project.write("unsure", gate=self.GATE).run()
        result.assert_outcomes(failed=1)
        assert told(project, result, "toy.unsure") == [
            "toy.unsure inconclusive: 0.510 [0.490, 0.530] on 100 rows lies across 0.5: "
            "about 690 more rows would settle it",
            "  measured  0.510 [0.490, 0.530], on 100 rows",
            "  rule      at_least(0.5) (mlgate.toml:3)",
            "  way out   add about 690 rows to the test table. `mlgate explain toy.unsure` says more.",
        ]

    def test_it_passes_where_the_policy_allows_it(self, project: Project) -> None:
        """`undecided = "allow"`."""
        project.write("unsure", gate=f'[policy]\nundecided = "allow"\n{self.GATE}')
        project.run().assert_outcomes(passed=1)


class TestWarnings:
    GATE = '[checks."toy.low"]\nat_least = 0.5\nlevel = "warn"\n[checks."toy.good"]\nat_least = 0.8\n'

    def test_a_rule_that_only_warns_is_a_warning_of_pytest(self, project: Project) -> None:
        """The item passes, and the warning stands at the rule's place in the gate file."""
        result = project.write("low", "good", gate=self.GATE).run()
        result.assert_outcomes(passed=2, warnings=1)
        assert result.ret == 0
        text = result.stdout.str()
        assert "GateWarning: toy.low failed: 0.300 [0.280, 0.320] on 100 rows is below 0.5" in text
        assert "\n  mlgate.toml:2: GateWarning" in text

    def test_a_warning_can_be_made_an_error(self, project: Project) -> None:
        """By pytest's own filter, which finds the class by its public name."""
        result = project.write("low", "good", gate=self.GATE).run("-W", "error::mlgate.pytest_plugin.GateWarning")
        result.assert_outcomes(passed=1, failed=1)


class TestSkipped:
    def test_a_check_with_nothing_to_measure_is_skipped(self, project: Project) -> None:
        """With its reason, at the gate file."""
        result = project.write("absent", "good", gate='[checks."toy.good"]\nat_least = 0.8\n').run("-rs")
        result.assert_outcomes(passed=1, skipped=1)
        assert "SKIPPED [1] mlgate.toml:1: there is nothing to measure here. Bring something." in result.outlines

    def test_a_check_that_the_gate_file_lists_fails_instead(self, project: Project) -> None:
        """Required and skipped denies."""
        result = project.write("absent", gate='[checks."toy.absent"]\nat_least = 0.8\n').run()
        result.assert_outcomes(failed=1)
        assert told(project, result, "toy.absent") == [
            "toy.absent skipped: required and skipped: there is nothing to measure here. Bring something.",
            "  way out   give it what it needs, or take toy.absent out of the gate file. "
            "`mlgate explain toy.absent` says more.",
        ]


def test_a_waived_failure_passes_and_is_counted(project: Project) -> None:
    """The record tells who took the responsibility, and until when."""
    waiver = '[[waivers]]\ncheck = "toy.low"\nreason = "ticket 412"\nowner = "data-team"\nuntil = 2999-01-31\n'
    result = project.write("low", gate=f'[checks."toy.low"]\nat_least = 0.5\n{waiver}').run()
    result.assert_outcomes(passed=1)
    assert result.ret == 0
    assert [(use.owner, use.used) for use in project.record().waivers] == [("data-team", True)]


def test_hostile_text_moves_no_terminal(project: Project) -> None:
    """What a check found in somebody's model file is printed harmless, and no CI server obeys it."""
    hostile = (
        '@check("toy.hostile", default={"no_findings": True})\ndef hostile():\n    "Hostile."\n'
        '    return Measurement(findings=(Finding("\\x1b[2J ::error::\\u202e"),))\n'
    )
    project.write()
    with (project.path / "mlgate_checks.py").open("a") as checks:
        checks.write(hostile)
    result = project.run()
    assert told(project, result, "toy.hostile")[:3] == [
        r"toy.hostile failed: 1 finding: \x1b[2J : :error::\u202e",
        "  measured  1 finding",
        r"            medium: \x1b[2J : :error::\u202e",
    ]
