"""The page for a browser: complete in itself, the worst first, and never larger than it may be."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.reports.html.plots import bins, curves
from mlgate.reports.html.reporter import HtmlReporter
from mlgate.reports.html.scale import WIDTH, Bounds, bounds_of
from mlgate.reports.html.tracks import track
from mlgate.results import (
    CheckRun,
    Decision,
    Finding,
    Json,
    Level,
    Measurement,
    Outcome,
    Record,
    Result,
    RunStatus,
    SliceMeasurement,
    Verdict,
)
from mlgate.stats import Estimate, Spread
from mlgate.testing.hostile import hostile_record
from mlgate.testing.records import sample_record

LARGEST = 1.5 * 1024 * 1024


class Page(HTMLParser):
    """What a browser would fetch, and what it would show."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.script = self.policy = ""
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self._inside = tag
        self.fetched += [str(known[name]) for name in ("src", "href", "srcset", "data", "action") if name in known]
        self.ids += [str(known["id"])] if "id" in known else []
        if known.get("http-equiv") == "Content-Security-Policy":
            self.policy = str(known["content"])

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.script += data
        elif self._inside != "style":
            self.words.append(data)


def measured(check: str, outcome: Outcome, slices: int = 0, findings: int = 0) -> Result:
    estimate = Estimate(0.8, 1_000, Spread("wilson", 0.01))
    measurement = Measurement(
        estimate,
        slices=tuple(SliceMeasurement({"region": f"number {n}"}, estimate) for n in range(slices)),
        findings=tuple(Finding(f"row {n} is wrong", data={"row": n}) for n in range(findings)),
    )
    run = CheckRun(check, RunStatus.MEASURED, 0.01, measurement)
    return Result(run, outcome, Level.ENFORCE, "at_least(0.9)", "0.8 is below 0.9")


def page_of(results: Sequence[Result]) -> str:
    return HtmlReporter().render(replace(sample_record(), results=tuple(results)))


@pytest.mark.parametrize("record", [sample_record(), hostile_record()], ids=["sample", "hostile"])
def test_it_fetches_nothing_and_runs_only_its_own_script(record: Record) -> None:
    """Its policy allows the one script whose SHA-256 it names, and no address at all."""
    page = Page(HtmlReporter().render(record))
    assert page.fetched == []
    digest = base64.b64encode(hashlib.sha256(page.script.encode()).digest()).decode()
    assert page.policy == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    assert len(page.ids) == len(set(page.ids))


def test_the_verdict_comes_first_and_then_its_reasons() -> None:
    """A reader with one screen sees both."""
    denied = replace(sample_record(), verdict=Verdict(Decision.DENIED, ("first reason", "second reason"), 1))
    words = " ".join(Page(HtmlReporter().render(denied)).words)
    places = [words.index(each) for each in ("denied", "may not be promoted", "first reason", "second reason", "Next:")]
    assert places == sorted(places)


def test_a_thousand_checks_and_two_hundred_slices_stay_small() -> None:
    """Every check has its line, the failed ones have everything below it."""
    results = [measured(f"own.check_{n}", Outcome.PASSED, slices=200 if n < 5 else 3) for n in range(1_000)]
    text = page_of([*results, measured("own.bad", Outcome.FAILED, slices=200)])
    assert len(text.encode()) < LARGEST
    assert text.count('<details class="check"') == 1_001
    assert text.index("own.bad") < text.index("own.check_0")
    assert "number 199" in text


def test_ten_thousand_findings_are_counted_and_not_all_drawn() -> None:
    """In one check, and in a thousand of them."""
    text = page_of([measured("own.finds", Outcome.FAILED, findings=10_000)])
    assert "row 24 is wrong" in text
    assert "And 9975 more: the record has them all." in text
    many = page_of([measured(f"own.{'x' * 500}{n}", Outcome.FAILED, 50, 50) for n in range(10_000)])
    assert len(many.encode()) < LARGEST
    drawn = many.count('<details class="check"')
    assert f"And {10_000 - drawn} more checks: the record has them all." in many


def test_an_empty_run() -> None:
    """Said, and no picture of nothing."""
    assert "No check ran." in page_of([])


@pytest.mark.parametrize(
    ("rule", "bounds"),
    [
        ("at_least(0.85)", Bounds(low=0.85)),
        ("at_most(-1e-3)", Bounds(high=-0.001)),
        ("between(0, 0.1)", Bounds(0.0, 0.1)),
        ("between(share=[-0.03, 0.03])", None),
        ("not_worse_than_champion(0.01)", None),
        ("at_least(over_baseline=0.05)", None),
        (None, None),
    ],
)
def test_the_ground_is_what_the_rule_asks_of_the_main_number(rule: str | None, bounds: Bounds | None) -> None:
    assert bounds_of(rule) == bounds


numbers = st.floats(-1e6, 1e6)


@given(value=numbers, se=st.floats(1e-6, 1e3), low=numbers)
def test_a_track_keeps_order_and_stays_in_the_picture(value: float, se: float, low: float) -> None:
    """The interval holds its value, and the value stands on the rule's ground where it keeps the rule."""
    drawn = track(Estimate(value, 100, Spread("normal", se)), 0.95, Bounds(low=low))
    assert drawn is not None
    assert drawn.good is not None
    assert 0 <= drawn.low <= drawn.value <= drawn.high <= WIDTH
    assert (drawn.value >= drawn.good[0]) == (value >= low) or abs(drawn.value - drawn.good[0]) < 0.2


def test_curves_and_bins_of_a_stranger_are_drawn_or_left_out() -> None:
    """`data` is anybody's: what has another shape is no picture, and no error."""
    (curve,) = curves({"curve": {"predicted": [0.0, 0.5, 1.0], "observed": [0, 0.25, 1]}})
    assert curve.points == ((0.0, 240.0), (120.0, 180.0), (240.0, 0.0))
    strange: list[Json] = [None, 3, [1], {"predicted": 1, "observed": [1]}, {"predicted": ["x"], "observed": [True]}]
    for odd in strange:
        assert list(curves({"curve": odd})) == []
    (column,) = bins({"bins": {"age": {"bins": ["young", "old"], "before": [0.5, 0.5], "now": [0.25, 0.75]}, "b": 3}})
    assert [(bar.name, round(bar.before, 1), round(bar.now, 1)) for bar in column.bars] == [
        ("young", 66.7, 33.3),
        ("old", 66.7, 100.0),
    ]


def test_the_command_that_does_it_again_is_safe_to_paste() -> None:
    """A model's name may hold anything: the shell gets it as one word."""
    record = sample_record()
    assert record.facts.candidate is not None
    candidate = replace(record.facts.candidate, uri="x; rm -rf ~.joblib")
    text = HtmlReporter().render(replace(record, facts=replace(record.facts, candidate=candidate)))
    assert re.search(r"--model &#39;x; rm -rf ~\.joblib&#39;", text)
