"""`gate.measure` in a plain test: the rules of the gate file as methods, with the same sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.pytest_plugin.conftest import Project

COMPARED = '''
from mlgate import Comparison

@check("toy.compared", better="higher")
def compared():
    """A number beside the champion's: 0.05 better, give or take 0.02."""
    ours, theirs = Estimate(0.90, 100, Spread("normal", 0.01)), Estimate(0.85, 100, Spread("normal", 0.01))
    return Measurement(ours, comparison=Comparison(theirs, Estimate(0.05, 100, Spread("normal", 0.01))))

@check("toy.parts")
def parts():
    """Has a second number."""
    from mlgate.results import Part
    return Measurement(Estimate(0.9, 100), unit="s", parts=(Part("p99", Estimate(0.05, 100), "s"),))
'''


def run_test(project: Project, body: str, *toys: str, gate: str = "", extra: str = "") -> pytest.RunResult:
    """One test with this body."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    project.write(*toys, gate=gate, tests=f"import pytest\n\ndef test_it(gate):\n{lines}")
    with (project.path / "mlgate_checks.py").open("a") as checks:
        checks.write(extra)
    return project.run("test_own.py")


@pytest.mark.parametrize(
    "demand",
    [
        'gate.measure("toy.good").at_least(0.8)',
        'gate.measure("toy.good").at_most(0.95)',
        'gate.measure("toy.good").between(0.8, 1.0)',
        'gate.measure("toy.good").at_least(0.8).at_most(0.95)',
        'gate.measure("toy.good", shift=-0.5).at_most(0.5)',
        'gate.measure("toy.parts").at_most("100ms", of="p99")',
        'assert gate.measure("toy.good").value == 0.9',
        'assert gate.measure("toy.good").at_least(0.8).interval.low == pytest.approx(0.8804, abs=1e-6)',
        'assert gate.measure("toy.good").measurement.unit == "1"',
        'gate.measure("other.found").no_findings("high")',
        'assert [each.message for each in gate.measure("other.found").findings] == ["a private key", "a password"]',
    ],
)
def test_what_is_met_passes(project: Project, demand: str) -> None:
    """And the measurement can be used further."""
    run_test(project, demand, "good", "found", extra=COMPARED).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("demand", "reason"),
    [
        ('measure("toy.low").at_least(0.5)', "toy.low failed: 0.300 [0.280, 0.320] on 100 rows is below 0.5"),
        ('measure("toy.good").at_most(0.5)', "toy.good failed: 0.900 [0.880, 0.920] on 100 rows is above 0.5"),
        ('measure("toy.good").between(0.1, 0.5)', "toy.good failed: 0.900 [0.880, 0.920] on 100 rows is above 0.5"),
        ('measure("other.found").no_findings()', "other.found failed: 2 findings: a private key, and 1 more"),
        (
            'measure("toy.unsure").at_least(0.5)',
            "toy.unsure inconclusive: 0.510 [0.490, 0.530] on 100 rows lies across 0.5: "
            "about 690 more rows would settle it",
        ),
        (
            'measure("toy.crash").at_least(0.5)',
            "toy.crash errored: the check crashed with ZeroDivisionError: division by zero",
        ),
        (
            'measure("toy.absent").at_least(0.5)',
            "toy.absent skipped: required and skipped: there is nothing to measure here. Bring something.",
        ),
        ('measure("toy.crash").value', "toy.crash errored: the check crashed with ZeroDivisionError: division by zero"),
        ('measure("other.found").value', "other.found measures no number: ask for no_findings()"),
    ],
)
def test_what_is_not_met_fails_with_the_sentence_of_the_gate(project: Project, demand: str, reason: str) -> None:
    """In an AssertionError at the line of the test, without the inside of mlgate."""
    result = run_test(project, f"gate.{demand}", "good", "low", "unsure", "crash", "absent", "found")
    result.assert_outcomes(failed=1)
    assert f"E       AssertionError: {reason}" in result.outlines
    assert "test_own.py:4: AssertionError" in result.outlines


def test_a_check_without_its_inputs_is_told_how_a_test_names_them(project: Project) -> None:
    """There may be no gate file to take it out of, and a test has no command line."""
    result = run_test(project, 'gate.measure("toy.absent").at_least(0.5)', "absent")
    (told,) = [line for line in result.outlines if line.startswith("E         way out")]
    assert "`mlgate_request` that returns mlgate.GateRequest(" in told
    assert "out of the gate file" not in told


def test_the_rule_and_the_way_out_are_told(project: Project) -> None:
    """As for a check of the gate file."""
    result = run_test(project, 'gate.measure("toy.low").at_least(0.5)', "low")
    assert [line for line in result.outlines if line.startswith("E ")] == [
        "E       AssertionError: toy.low failed: 0.300 [0.280, 0.320] on 100 rows is below 0.5",
        "E         measured  0.300 [0.280, 0.320], on 100 rows",
        "E         rule      at_least(0.5) (this test)",
        "E         way out   Train on more rows, then try again. `mlgate explain toy.low` says more.",
    ]


def test_an_undecided_demand_passes_where_the_policy_allows_it(project: Project) -> None:
    """The policy is that of the gate file."""
    gate = '[policy]\nundecided = "allow"\n'
    run_test(project, 'gate.measure("toy.unsure").at_least(0.5)', "unsure", gate=gate).assert_outcomes(passed=1)


def test_options_of_the_gate_file_hold_unless_the_test_says_otherwise(project: Project) -> None:
    """The check is the one of the gate file."""
    gate = '[checks."toy.good"]\nat_least = 0.2\nshift = -0.5\n'
    body = (
        'assert gate.measure("toy.good").value == pytest.approx(0.4)\n'
        'assert gate.measure("toy.good", shift=0.05).value == pytest.approx(0.95)'
    )
    run_test(project, body, "good", gate=gate).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ('measure("toy.goood")', "there is no check 'toy.goood'. Did you mean toy.good?"),
        ('measure("toy.good", shft=1.0)', "toy.good has no option 'shft'. Did you mean shift?"),
        ('measure("toy.low", shift=1.0)', "toy.low has no option 'shift'. It takes none."),
    ],
)
def test_a_mistake_in_the_question_is_a_sentence(project: Project, call: str, sentence: str) -> None:
    """Said once, without a traceback through mlgate."""
    result = run_test(project, f"gate.{call}", "good", "low")
    result.assert_outcomes(failed=1)
    told = [line for line in result.outlines if line.endswith(sentence)]
    assert len([line for line in told if not line.startswith("FAILED ")]) == 1  # pytest's summary is whole under CI
    assert "another exception" not in result.stdout.str()
    assert "Traceback" not in result.stdout.str()


class TestChampion:
    """A comparison needs a champion: this gate names one, which cannot be read, so the comparison is the toy's own."""

    GATE = '[candidate]\nmodel = "nowhere.joblib"\n[champion]\nmodel = "nowhere.joblib"\n'

    @pytest.mark.parametrize(
        "demand",
        ["not_worse_than_champion(margin=0.01)", "better_than_champion()", "better_than_champion(margin=0.02)"],
    )
    def test_the_better_one_passes(self, project: Project, demand: str) -> None:
        """By the paired difference, with the margin that the test names."""
        body = f'gate.measure("toy.compared").{demand}'
        run_test(project, body, gate=self.GATE, extra=COMPARED).assert_outcomes(passed=1)

    def test_not_better_by_enough_fails(self, project: Project) -> None:
        """The sentence names the difference and the margin."""
        body = 'gate.measure("toy.compared").better_than_champion(margin=0.1)'
        result = run_test(project, body, gate=self.GATE, extra=COMPARED)
        result.assert_outcomes(failed=1)
        text = result.stdout.str()
        assert "AssertionError: toy.compared failed: " in text
        assert "E         rule      better_than_champion(0.1) (this test)" in text

    def test_without_a_champion_the_policy_decides(self, project: Project) -> None:
        """A first release passes by default, and fails where bootstrap denies it."""
        body = 'gate.measure("toy.compared").not_worse_than_champion()'
        run_test(project, body, extra=COMPARED).assert_outcomes(passed=1)
        deny = '[policy]\nbootstrap = "deny"\n'
        run_test(project, body, gate=deny, extra=COMPARED).assert_outcomes(failed=1)


class TestWhatIsMeasured:
    def test_the_gate_file_is_found_from_the_test_up(self, project: Project) -> None:
        """Tests stand in folders of their own."""
        test = 'def test_it(gate):\n    gate.measure("toy.good").at_least(0.8)\n'
        project.write("good", files={"tests/unit/test_it.py": test})
        project.run("tests").assert_outcomes(passed=1)

    def test_a_conftest_can_say_it(self, project: Project) -> None:
        """By a fixture of any scope that returns the request."""
        conftest = (
            "import mlgate, pytest\n\n@pytest.fixture(scope='session')\ndef mlgate_request():\n"
            "    return mlgate.GateRequest(label='abc')\n"
        )
        check = (
            '@check("toy.label")\ndef label(columns):\n    "The length of the label column\'s name."\n'
            "    return Measurement.exact(len(columns.label), n=1)\n"
        )
        (project.path / "conftest.py").write_text(conftest)
        run_test(project, 'assert gate.measure("toy.label").value == 3', extra=check).assert_outcomes(passed=1)

    def test_the_type_of_the_fixture_is_public(self, project: Project) -> None:
        """For tests that are typed."""
        body = "from mlgate.pytest_plugin import Gate\nassert isinstance(gate, Gate)"
        run_test(project, body, "good").assert_outcomes(passed=1)
