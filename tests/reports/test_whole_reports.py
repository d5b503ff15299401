"""Each report of the sample record, whole: the files in `expected` are what a reader gets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlgate.reports.builtin import mlgate_reporters
from mlgate.reports.terminal import summary
from mlgate.results.record_json import from_json
from mlgate.testing.records import sample_record

EXPECTED = Path(__file__).parent / "expected"
REPORTS = {
    "gitlab": "sample.gitlab.json",
    "junit": "sample.xml",
    "markdown": "sample.md",
    "model-card": "sample.card.md",
    "prometheus": "sample.prom",
}


def test_the_terminal_gets_the_verdict_each_check_the_reasons_and_the_next_step() -> None:
    """The summary, line by line."""
    assert summary(sample_record()) == (EXPECTED / "sample.txt").read_text("utf-8")


@pytest.mark.parametrize(("reporter", "file"), REPORTS.items())
def test_a_report_is_drawn_as_expected(reporter: str, file: str) -> None:
    """The whole text, so that a change of any word is seen in review; the last digits are the platform's."""
    drawn = mlgate_reporters()[reporter].render(sample_record())
    assert _rounded(drawn) == _rounded((EXPECTED / file).read_text("utf-8"))


def test_the_json_report_is_the_record() -> None:
    """`--report json=PATH` writes what `mlgate decide` reads."""
    assert from_json(mlgate_reporters()["json"].render(sample_record()).encode()) == sample_record()


def _rounded(text: str) -> str:
    """Long fractions to ten places: scipy's quantiles differ between its releases by less."""
    return re.sub(r"\d+\.\d{11,}", lambda found: f"{float(found[0]):.10f}", text)
