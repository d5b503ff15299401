"""JUnit XML that Jenkins' and Ant's schemas both accept.

One suite `verdict` whose one test case fails unless promotion is allowed; then one suite per family with one test case
per check, its id as the name. What JUnit has no word for:

- an inconclusive check, a warning, a waived failure and a void result are *skipped*, with the reason as the message:
  they don't turn a build red by themselves, and where one of them denies, `verdict` fails;
- values, intervals and rules are properties of the suite, as `performance.roc_auc.value`: test cases can't have any.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from mlgate.reports.junit_cases import Case, Mark, Suite, suites
from mlgate.reports.terminal import harmless_lines, summary
from mlgate.results import Record


@dataclass(frozen=True, slots=True)
class JUnitReporter:
    """Draws the record for the test views of CI servers."""

    def render(self, record: Record) -> str:
        """The XML, with its declaration."""
        root = Element("testsuites")
        for index, suite in enumerate(suites(record)):
            _write_suite(root, suite, index, record)
        ElementTree.indent(root)
        document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
        return document.decode("utf-8") + "\n"


def _write_suite(root: Element, suite: Suite, index: int, record: Record) -> None:
    attributes = {
        "id": str(index),
        "package": "mlgate",
        "name": harmless_lines(suite.name),
        "timestamp": _second(record.facts.started),
        "hostname": "localhost",
        "tests": str(len(suite.cases)),
        "failures": str(suite.count(Mark.FAILURE)),
        "errors": str(suite.count(Mark.ERROR)),
        "skipped": str(suite.count(Mark.SKIPPED)),
        "time": _time(suite.seconds),
    }
    element = SubElement(root, "testsuite", attributes)
    properties = SubElement(element, "properties")
    for name, value in suite.properties.items():
        SubElement(properties, "property", {"name": harmless_lines(name), "value": harmless_lines(value)})
    for case in suite.cases:
        _write_case(element, case)
    SubElement(element, "system-out").text = harmless_lines(summary(record)) if index == 0 else ""
    SubElement(element, "system-err").text = ""


def _write_case(suite: Element, case: Case) -> None:
    attributes = {
        "name": harmless_lines(case.name),
        "classname": harmless_lines(case.classname),
        "time": _time(case.seconds),
    }
    element = SubElement(suite, "testcase", attributes)
    if case.mark is None:
        return
    mark = SubElement(element, case.mark, {"message": harmless_lines(case.message)})
    mark.text = harmless_lines(case.details)
    if case.mark is not Mark.SKIPPED:  # Ant's schema gives a skipped test no type
        mark.set("type", harmless_lines(case.kind))


def _time(seconds: float) -> str:
    return f"{seconds:.3f}"


def _second(started: str) -> str:
    """Ant's schema wants no fraction and no zone; the record's instants are UTC."""
    return datetime.fromisoformat(started).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
