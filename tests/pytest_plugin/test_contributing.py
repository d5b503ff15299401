"""`gate.record`: a hand-written test puts a measurement into the record, with its own outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlgate.gate import redecide
from mlgate.host import load_host
from mlgate.results import Decision, Outcome, Result

if TYPE_CHECKING:
    from tests.pytest_plugin.conftest import Project

GATE = '[checks."toy.good"]\nat_least = 0.8\n'
RECORD = 'gate.record("business.latency", value=0.04, n=1000, unit="s", interval=(0.03, 0.05))'


def run(project: Project, *body: str, head: str = "", options: tuple[str, ...] = ()) -> pytest.RunResult:
    """A gate file with one good check, and a test with these lines."""
    lines = "".join(f"    {line}\n" for line in body)
    project.write(
        "good", gate=GATE, tests=f"import pytest\nfrom mlgate import Measurement\n{head}\ndef test_it(gate):\n{lines}"
    )
    return project.run(*options)


def own(project: Project, check: str = "business.latency") -> Result:
    (found,) = [result for result in project.record().results if result.check == check]
    return found


def test_it_stands_in_the_record_of_the_run(project: Project) -> None:
    """Beside the checks of the gate file, with the test that it came from."""
    run(project, RECORD).assert_outcomes(passed=2)
    record = project.record()
    assert [result.check for result in record.results] == ["business.latency", "toy.good"]
    assert record.verdict.decision is Decision.ALLOWED
    result = own(project)
    assert (result.outcome, result.run.options) == (Outcome.PASSED, {"node_id": "test_own.py::test_it"})
    measured = project.record_tree()["results"][0]["measurement"]
    assert (measured["value"], measured["n"], measured["unit"]) == (0.04, 1000, "s")
    assert (measured["interval"]["low"], measured["interval"]["high"]) == pytest.approx((0.03, 0.05))


def test_a_failing_test_denies(project: Project) -> None:
    """The measurement is kept, with a critical finding beside it: the reason is the test's."""
    run(project, RECORD, "assert 61 < 50, 'too slow'").assert_outcomes(passed=1, failed=1)
    assert project.record().verdict.reasons == (
        "business.latency: 1 finding of critical severity or worse: "
        "test_own.py::test_it failed: AssertionError: too slow",
    )
    measurement = own(project).run.measurement
    assert measurement is not None
    assert (measurement.estimate is not None, len(measurement.findings)) == (True, 1)


def test_a_test_that_fails_when_it_is_torn_down_denies_too(project: Project) -> None:
    """Its outcome is known only after its last phase."""
    fixture = "@pytest.fixture(autouse=True)\ndef broken():\n    yield\n    raise RuntimeError('lost')\n"
    run(project, RECORD, head=fixture).assert_outcomes(passed=2, errors=1)
    assert own(project).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("head", "last", "reason"),
    [
        ("", "pytest.skip('not today')", "Skipped: not today"),
        ("@pytest.mark.xfail(reason='ticket 412')", "assert 0", "expected to fail: ticket 412"),
    ],
)
def test_a_skipped_test_is_a_skipped_measurement(project: Project, head: str, last: str, reason: str) -> None:
    """Also one that is expected to fail, and does."""
    assert run(project, RECORD, last, head=head).ret == 0
    result = own(project)
    assert (result.outcome, result.reason) == (Outcome.SKIPPED, reason)


def test_tests_alone_leave_a_record_too(project: Project) -> None:
    """It names the checks of the gate file that it lacks."""
    result = run(project, RECORD, options=("test_own.py",))
    assert result.ret == 0
    assert [each.check for each in project.record().results] == ["business.latency"]
    assert project.record().facts.gate.left_out == ("toy.good",)


def test_a_measurement_goes_in_whole(project: Project) -> None:
    """Whatever a check can return."""
    run(project, 'gate.record("business.profit", Measurement.mean([1.0, 2.0, 3.0], unit="EUR"))')
    measurement = own(project, "business.profit").run.measurement
    assert measurement is not None
    assert measurement.estimate is not None
    assert (measurement.estimate.value, measurement.unit) == (2.0, "EUR")


def test_it_can_be_held_to_rules(project: Project) -> None:
    """In the words of the gate file, on the line that records it."""
    run(project, f'{RECORD}.at_most("60ms").at_least("0s")').assert_outcomes(passed=2)


def test_a_rule_that_it_does_not_meet_fails_the_test_and_the_record(project: Project) -> None:
    """With the sentence of the gate; there is no page that could say more."""
    result = run(project, f'{RECORD}.at_most("20ms")')
    assert [line for line in result.outlines if line.startswith("E ")] == [
        "E       AssertionError: business.latency failed: 0.040 s [0.030, 0.050] on 1,000 rows is above 20 ms",
        "E         measured  0.040 s [0.030, 0.050], on 1,000 rows",
        "E         rule      at_most(20 ms) (this test)",
    ]
    assert own(project).reason.endswith(
        "test_own.py::test_it failed: AssertionError: business.latency failed: 0.040 s [0.030, 0.050] on 1,000 rows "
        "is above 20 ms"
    )


def test_several_measurements_of_one_test(project: Project) -> None:
    """Each under its name."""
    run(project, RECORD, 'gate.record("business.profit", value=1, n=10)').assert_outcomes(passed=2)
    assert [result.check for result in project.record().results][:2] == ["business.latency", "business.profit"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            'gate.record("toy.good", value=1, n=1)',
            "toy.good is an installed check, and a test can't speak for it. "
            "Measure it with gate.measure, or record under another name.",
        ),
        (
            'gate.record("latency", value=1, n=1)',
            "'latency' is no id for a measurement. Name it family.name, as business.latency.",
        ),
        (
            'gate.record("business.latency", value=1)',
            "gate.record needs a value and n, the number of rows that it stands on, or a Measurement. "
            'For example gate.record("business.p99", value=0.04, n=1000, unit="s").',
        ),
        ('gate.record("business.latency", value=float("nan"), n=1)', "a measured value is finite, not nan"),
        (
            'gate.record("business.latency", Measurement(data={"curve": object()}))',
            "business.latency.measurement.data.curve is of type object, which JSON does not have. "
            "Hand over numbers, text, lists and dictionaries.",
        ),
        (
            f"{RECORD}; {RECORD}",
            "this test recorded business.latency already. Give each measurement its own name.",
        ),
    ],
)
def test_what_can_not_be_recorded_fails_the_test(project: Project, line: str, sentence: str) -> None:
    """With the reason and the way out, and the record stays whole."""
    result = run(project, line)
    result.assert_outcomes(passed=1, failed=1)
    assert sentence in result.outlines
    assert own(project, "toy.good").outcome is Outcome.PASSED


def test_a_name_that_two_tests_record_is_an_error(project: Project) -> None:
    """One of the two would be lost."""
    again = f"def test_again(gate):\n    {RECORD}\n"
    result = run(project, RECORD, head=again)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert own(project).reason == (
        "recorded by two tests, test_own.py::test_again and test_own.py::test_it: "
        "give each measurement a name of its own."
    )


def test_the_record_is_decided_again_without_pytest(project: Project) -> None:
    """`mlgate decide` reads the test's outcome from the record."""
    for line, decision in (("assert True", Decision.ALLOWED), ("assert False", Decision.DENIED)):
        for path in project.record_files():
            path.unlink()
        run(project, RECORD, line)
        host = load_host([], folder=project.path, installed=())
        assert redecide(project.record(), project.path / "mlgate.toml", host).verdict.decision is decision
