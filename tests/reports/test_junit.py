"""JUnit XML, held by the schemas of the tools that read it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from mlgate.reports.junit import JUnitReporter
from mlgate.reports.terminal import harmless_lines
from mlgate.results import Decision, Level, Outcome, Record, Verdict
from mlgate.testing.hostile import hostile_record
from mlgate.testing.records import sample_record

SCHEMAS = sorted((Path(__file__).parent / "schemas").glob("*.xsd"))


def empty_record() -> Record:
    """A run in which nothing ran."""
    return replace(sample_record(), results=(), waivers=(), verdict=Verdict(Decision.DENIED, ("nothing ran",), 5))


def allowed_record() -> Record:
    """A run of which only the check that passed is left."""
    passed = tuple(result for result in sample_record().results if result.outcome is Outcome.PASSED)
    return replace(sample_record(), results=passed, waivers=(), verdict=Verdict(Decision.ALLOWED, (), 0))


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.stem)
@pytest.mark.parametrize("record", [sample_record, hostile_record, empty_record, allowed_record])
def test_both_schemas_accept_every_report(schema: Path, record: object) -> None:
    """Jenkins and Ant read it, whatever it holds."""
    assert callable(record)
    document = etree.fromstring(JUnitReporter().render(record()).encode())
    etree.XMLSchema(etree.parse(schema)).assertValid(document)


def test_each_outcome_has_its_element() -> None:
    """Only what blocks is a failure; what JUnit has no word for is skipped, and says what it is."""
    assert _cases(sample_record()) == {
        "verdict": ("failure", "denied"),
        "data.duplicates": ("skipped", "waived"),
        "performance.roc_auc": ("failure", "worse than the champion by 0.031 [0.012, 0.050]; the margin is 0.01"),
        "performance.accuracy": ("skipped", "inconclusive"),
        "performance.calibration": (None, ""),
        "business.revenue": ("skipped", "warned"),
        "performance.mae": ("skipped", "skipped"),
        "performance.overfit": ("error", "train.parquet does not exist."),
        "data.train_test_overlap": ("error", "train.parquet does not exist."),
        "business.profit_per_loan": ("error", "the check crashed with ZeroDivisionError"),
        "security.secrets": ("failure", "2 findings, the worst high"),
    }


def test_names_are_stable_so_that_servers_can_follow_a_check() -> None:
    """classname is mlgate.<family>, name is the id."""
    root = ElementTree.fromstring(JUnitReporter().render(sample_record()))
    names = {(case.get("classname"), case.get("name")) for case in root.iter("testcase")}
    assert ("mlgate.performance", "performance.roc_auc") in names
    assert ("mlgate", "verdict") in names


def test_value_interval_and_rule_are_properties_of_the_family() -> None:
    """With all their digits, for dashboards."""
    root = ElementTree.fromstring(JUnitReporter().render(sample_record()))
    held = {item.get("name"): item.get("value") for item in root.iter("property")}
    assert held["performance.roc_auc.value"] == "0.741"
    assert held["performance.roc_auc.rule"] == "not_worse_than_champion(0.01)"
    assert held["performance.roc_auc.n"] == "300"
    low, high = (held["performance.roc_auc.interval"] or "").strip("[]").split(", ")
    assert (float(low), float(high)) == pytest.approx((0.67647, 0.79653), abs=1e-5)


@pytest.mark.parametrize("decision", [Decision.DENIED, Decision.UNDECIDED])
def test_the_verdict_fails_where_nothing_else_does(decision: Decision) -> None:
    """A server that reads only JUnit must not show green where promotion is refused."""
    record = replace(allowed_record(), verdict=Verdict(decision, ("performance.accuracy: undecided",), 2))
    assert _cases(record)["verdict"] == ("failure", decision)
    assert _cases(allowed_record())["verdict"] == (None, "")


def test_an_observed_failure_turns_nothing_red() -> None:
    """Level observe is recorded only."""
    (result,) = (result for result in sample_record().results if result.check == "business.revenue")
    observed = replace(result, rules=(replace(result.rules[0], level=Level.OBSERVE),), level=Level.OBSERVE)
    assert _cases(replace(allowed_record(), results=(observed,)))["business.revenue"] == (None, "")


@given(st.text())
def test_any_text_can_stand_in_the_xml(text: str) -> None:
    """Parsed again it is the same, and no text is left out: what can't be written is told as an escape."""
    element = ElementTree.Element("a", {"b": harmless_lines(text)})
    read = ElementTree.fromstring(ElementTree.tostring(element, encoding="utf-8")).get("b")
    assert read == harmless_lines(text)
    assert len(read) >= len(text)


def _cases(record: Record) -> dict[str, tuple[str | None, str]]:
    """Per test case its element and the message up to the first colon."""
    root = ElementTree.fromstring(JUnitReporter().render(record))
    marks = {case.get("name", ""): next(iter(case), None) for case in root.iter("testcase")}
    return {
        name: (None, "") if mark is None else (mark.tag, (mark.get("message") or "").partition(":")[0])
        for name, mark in marks.items()
    }
