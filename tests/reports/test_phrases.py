"""Numbers and findings in words."""

from __future__ import annotations

import pytest

from mlgate.reports.phrases import estimated, found, measured, number
from mlgate.results import Finding, Location, Measurement, Severity
from mlgate.stats import Estimate, Spread


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.741, "0.741"), (48842.4, "48,842"), (12.0, "12"), (1e-9, "1e-09"), (-0.5, "-0.5"), (3e20, "3e+20")],
)
def test_a_number_has_the_digits_that_a_reader_needs(value: float, text: str) -> None:
    """Four significant digits, and whole thousands."""
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "se", "text"),
    [
        (0.74123, 0.02, "0.741 [0.702, 0.780]"),
        (0.74123, 0.0002, "0.74123 [0.74084, 0.74162]"),
        (48842.4, 1000.0, "48,842 EUR [46,882, 50,802]"),
    ],
)
def test_an_estimate_is_rounded_to_what_its_interval_supports(value: float, se: float, text: str) -> None:
    """To the second digit of the half-width."""
    unit = "EUR" if "EUR" in text else "1"
    assert estimated(Estimate(value, 100, Spread("normal", se)), 0.95, unit) == text


def test_a_fact_without_sampling_error_has_no_interval() -> None:
    """A count of this very table."""
    assert estimated(Estimate(12.0, 300), 0.95, "rows") == "12 rows"


def test_findings_are_counted_and_placed() -> None:
    """With file and line where they are known."""
    finding = Finding("a private key", Severity.HIGH, Location("conf.py", 3))
    assert found(finding) == "high: a private key (conf.py:3)"
    assert found(Finding("a password", location=Location("conf.py"))) == "medium: a password (conf.py)"
    assert measured(Measurement(findings=(finding,)), 0.95) == "1 finding"
    assert measured(Measurement(), 0.95) == "no findings"
    assert measured(None, 0.95) == ""
