"""pytest's own JUnit XML carries the numbers: CI servers show them without knowing mlgate."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

if TYPE_CHECKING:
    from tests.pytest_plugin.conftest import Project

GATE = '[checks."toy.good"]\nat_least = 0.8\n'


def cases(project: Project, *options: str) -> dict[str, ElementTree.Element]:
    path = project.path / "junit.xml"
    project.run(f"--junitxml={path}", *options)
    return {str(case.get("name")): case for case in ElementTree.parse(path).iter("testcase")}


def properties(case: ElementTree.Element) -> dict[str, str]:
    return {str(each.get("name")): str(each.get("value")) for each in case.iter("property")}


@pytest.mark.parametrize("family", ["xunit1", "xunit2"])
def test_a_case_has_value_interval_and_rule(project: Project, family: str) -> None:
    """As properties, in both of pytest's dialects."""
    project.write("good", gate=GATE)
    case = cases(project, "-o", f"junit_family={family}")["toy.good"]
    assert case.get("classname") == "mlgate.toml"
    told = properties(case)
    low, high = (float(end) for end in told.pop("mlgate.interval").strip("[]").split(","))
    assert (low, high) == pytest.approx((0.880400, 0.919600), abs=1e-6)
    assert told == {
        "mlgate.outcome": "passed",
        "mlgate.value": "0.9",
        "mlgate.confidence": "0.95",
        "mlgate.n": "100",
        "mlgate.unit": "1",
        "mlgate.rule": "at_least(0.8)",
    }


def test_a_failure_carries_the_whole_text(project: Project) -> None:
    """What the terminal shows."""
    case = cases(project.write("low"))["toy.low"]
    (failure,) = case.iter("failure")
    assert (failure.text or "").splitlines()[0] == "toy.low failed: 0.300 [0.280, 0.320] on 100 rows is below 0.5"
    assert "way out   Train on more rows" in (failure.text or "")


def test_findings_are_counted(project: Project) -> None:
    """There is no number beside them."""
    told = properties(cases(project.write("found"))["other.found"])
    assert told == {"mlgate.outcome": "failed", "mlgate.findings": "2", "mlgate.rule": "no_findings()"}


def test_a_skipped_check_says_why(project: Project) -> None:
    """In the message of the case."""
    (skipped,) = cases(project.write("absent", "good", gate=GATE))["toy.absent"].iter("skipped")
    assert skipped.get("message") == "there is nothing to measure here. Bring something."
