"""What can't be known denies, visibly. One test for each line of the list."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Desk

RUN = ("run", "--model", "candidate.joblib", "--test", "test.parquet", "--label", "late")
TOY = '''
from mlgate import Finding, Measurement, NotApplicable, check


@check("toy.sound", default={{"at_least": 1}})
def sound():
    """Passes."""
    return Measurement.exact(1, n=1)


@check("toy.odd", default={{"at_least": 0}})
def odd(test):
    """Does what is under test."""
    {body}
'''
ODD = {
    "nan": ('return Measurement.exact(float("nan"), n=1)', "nan"),
    "infinite": ('return Measurement.exact(float("inf"), n=1)', "inf"),
    "crashed": ("raise ZeroDivisionError('by zero')", "the check crashed with ZeroDivisionError: by zero"),
    "left the process": ("raise SystemExit(0)", "the check crashed with SystemExit: 0"),
    "no measurement": ("return None", "the check returned NoneType, where a Measurement is expected."),
    "a bare number": ("return 1.0", "the check returned float, where a Measurement is expected."),
    "no number for its rule": (
        "return Measurement(findings=(Finding('odd'),))",
        "could not be held against what was measured",
    ),
}


@pytest.mark.parametrize(("body", "told"), ODD.values(), ids=ODD)
def test_a_check_that_measures_nothing_finite_denies(body: str, told: str, desk: Desk) -> None:
    """Its outcome is `errored`, the reason is told, and the other checks keep their results."""
    desk.write("mlgate_checks.py", TOY.format(body=body))
    done = desk.mlgate(*RUN, "--checks", "toy.*")
    assert done.code == 3, done
    assert desk.result("toy.odd")["outcome"] == "errored"
    assert told in desk.record()["verdict"]["reasons"][0]
    assert desk.result("toy.sound")["outcome"] == "passed"


def test_a_required_check_that_is_skipped_denies(desk: Desk) -> None:
    """What the gate file lists may not fall away."""
    desk.write("mlgate_checks.py", TOY.format(body="raise NotApplicable('there is nothing to measure.')"))
    assert desk.mlgate(*RUN, "--checks", "toy.*").code == 0
    desk.gate('version = 1\n[checks."toy.odd"]\nat_least = 0\n')
    done = desk.mlgate(*RUN, "--checks", "toy.*")
    assert done.code == 3
    assert desk.record()["verdict"]["reasons"] == ["toy.odd: required and skipped: there is nothing to measure."]


def test_a_check_of_the_gate_file_that_was_left_out_is_named_in_the_record(desk: Desk) -> None:
    """A run with fewer checks may be looked at, and promotes nothing."""
    desk.write("mlgate_checks.py", TOY.format(body="return Measurement.exact(1, n=1)"))
    desk.gate('version = 1\n[policy]\nskip = ["[!t]*"]\n[checks."toy.odd"]\nat_least = 0\n')
    desk.mlgate(*RUN, "--checks", "toy.sound")
    assert desk.record()["gate"]["left_out"] == ["toy.odd"]


def test_nothing_that_ran_is_not_a_pass(desk: Desk) -> None:
    """No check applies: the verdict is denied and the exit code its own."""
    done = desk.mlgate(*RUN, "--checks", "performance.rmse")
    assert done.code == 5
    assert desk.record()["verdict"]["decision"] == "denied"
    assert desk.record()["verdict"]["reasons"] == ["nothing was measured: no check ran on this candidate."]


def test_measurements_without_an_enforcing_rule_are_not_a_pass(desk: Desk) -> None:
    """A gate that asked nothing has nothing to allow."""
    done = desk.mlgate(*RUN, "--checks", "performance.roc_auc")
    assert done.code == 1
    assert desk.record()["verdict"]["reasons"] == [
        "no enforcing rule was held against this run: state one in the gate file, as at_least or at_most."
    ]


def test_a_champion_that_cannot_be_opened_denies(desk: Desk) -> None:
    """Not knowing the champion is not the same as having none; what needs no champion is measured."""
    desk.write("champion.joblib", "not a model")
    done = desk.mlgate(*RUN, "--champion", "champion.joblib", "--checks", "performance.*")
    assert done.code == 3, done
    assert desk.result("performance.vs_champion")["outcome"] == "errored"
    assert desk.result("performance.roc_auc")["measurement"]["n"] == 3000


def test_a_champion_that_does_not_exist_denies(desk: Desk) -> None:
    """A misspelt champion must not read as a first release."""
    done = desk.mlgate(*RUN, "--champion", "champoin.joblib", "--checks", "performance.*")
    assert done.code == 3, done
    assert desk.result("performance.vs_champion")["outcome"] == "errored"


def test_an_expired_waiver_denies(desk: Desk) -> None:
    """An exception that nobody looks after is a hole."""
    yesterday = date.today() - timedelta(days=1)
    desk.gate(_waived(until=yesterday.isoformat()), few=True)
    done = desk.mlgate("run")
    assert done.code == 1
    assert desk.record()["verdict"]["reasons"][-1] == (
        f"mlgate.toml:12: the waiver for performance.roc_auc expired on {yesterday}: "
        "remove it, or renew it with a new date and reason."
    )


def test_a_waiver_that_matches_nothing_denies(desk: Desk) -> None:
    """Nor may one outlive its check."""
    desk.gate(_waived(until="2999-12-31"))
    done = desk.mlgate("run", "--champion", "champion.joblib", "--checks", "performance.vs_champion")
    assert done.code == 1
    assert desk.record()["verdict"]["reasons"] == [
        "mlgate.toml:10: the waiver for performance.roc_auc matches no check that ran: remove it, or run that check."
    ]


def test_a_waiver_that_holds_is_counted_and_allows(desk: Desk) -> None:
    """The control: the same failure, waived by name until a day to come."""
    desk.gate(_waived(until="2999-12-31"), few=True)
    done = desk.mlgate("run")
    assert done.code == 0, done
    assert desk.record()["waivers"][0]["used"] is True


def test_a_broken_file_of_checks_stops_the_run(desk: Desk) -> None:
    """Fewer checks would mean easier passing."""
    desk.write("mlgate_checks.py", "import mlgate\nfrom mlgate import chekc\n")
    done = desk.mlgate(*RUN)
    assert done.code == 3
    assert done.err.startswith(f"mlgate: {desk / 'mlgate_checks.py'}:2: your checks do not import: ImportError: ")
    assert desk.records() == []


def _waived(*, until: str) -> str:
    return f"""\
version = 1
[candidate]
model = "candidate.joblib"
[data]
test = "test.parquet"
label = "late"
[checks."performance.roc_auc"]
at_least = 0.99

[[waivers]]
check = "performance.roc_auc"
reason = "the labels are being corrected"
owner = "credit-team"
until = {until}
"""
