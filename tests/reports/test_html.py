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

from mlgate.reports.html.demands import Demands, demands
from mlgate.reports.html.entries import brief, whole
from mlgate.reports.html.plots import bins, curves
from mlgate.reports.html.reporter import HtmlReporter
from mlgate.reports.html.scale import WIDTH, Bounds
from mlgate.reports.html.telling import blocks, tables
from mlgate.reports.html.tracks import track
from mlgate.reports.html.versus import pairs
from mlgate.results import (
    CheckRun,
    Comparison,
    Decision,
    Finding,
    GateFacts,
    Json,
    Level,
    Measurement,
    Outcome,
    Part,
    Record,
    Result,
    RuleOutcome,
    RunStatus,
    SliceMeasurement,
    Verdict,
    WaiverUse,
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


def nested(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Lists and dictionaries of JSON."""
    return st.lists(inner, max_size=4).map(list) | st.dictionaries(st.text(max_size=5), inner, max_size=4)


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


def ruled(rule: str, *more: str, unit: str = "1", comparison: Comparison | None = None) -> Result:
    """A result under such rules, with a part in its own unit and one in milliseconds."""
    estimate = Estimate(0.8, 1_000, Spread("wilson", 0.01))
    parts = (Part("share", estimate), Part("p99", estimate, "ms"))
    run = CheckRun(
        "own.ruled", RunStatus.MEASURED, 0.1, Measurement(estimate, unit, parts=parts, comparison=comparison)
    )
    rules = tuple(RuleOutcome(each, Outcome.PASSED, Level.ENFORCE, "") for each in (rule, *more))
    return Result(run, Outcome.PASSED, Level.ENFORCE, rule, "", rules)


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        ("at_least(0.85)", Demands(Bounds(low=0.85))),
        ("at_most(-1e-3)", Demands(Bounds(high=-0.001))),
        ("at_most(5%)", Demands(Bounds(high=0.05))),
        ("between(0, 0.1)", Demands(Bounds(0.0, 0.1))),
        ("between(share=[-0.03, 0.03])", Demands(parts={"share": Bounds(-0.03, 0.03)})),
        ("at_most(p99=0.05 s)", Demands(parts={"p99": Bounds(high=50.0)})),
        (
            "any_of(at_most(0.05), between(share=[0.8, 1.25]))",
            Demands(Bounds(high=0.05), {"share": Bounds(0.8, 1.25)}),
        ),
        ("at_most(nobody=3)", Demands()),
        ("at_least(many)", Demands()),
        ("no_findings(medium)", Demands()),
    ],
)
def test_the_ground_is_what_the_rule_asks_of_each_number(rule: str, asked: Demands) -> None:
    """Of the main number and of its parts, in the unit that each is measured in."""
    assert demands(ruled(rule)) == asked


@pytest.mark.parametrize(
    ("rule", "higher", "bounded", "bounds"),
    [
        ("not_worse_than_champion(0.01, relative_margin=0.02)", True, True, Bounds(low=-0.01)),
        ("not_worse_than_champion(0.01, relative_margin=0.02)", False, True, Bounds(high=0.01)),
        ("not_worse_than_champion(0.01, relative_margin=0.02)", False, False, Bounds(high=10.0)),
        ("better_than_champion(0.05)", True, True, Bounds(low=0.05)),
        ("any_of(at_most(0.2), better_than_champion())", False, True, Bounds(high=-0.0)),
        ("not_worse_than_champion(0.01)", None, True, None),
    ],
)
def test_the_difference_is_drawn_against_the_margin(
    rule: str, higher: bool | None, bounded: bool, bounds: Bounds | None
) -> None:
    """An absolute margin for numbers in [0, 1], a share of the champion's for others; none where no side is good."""
    comparison = Comparison(Estimate(500.0, 10), Estimate(3.0, 10), higher_is_better=higher, bounded=bounded)
    assert demands(ruled(rule, comparison=comparison)).difference == bounds


def test_a_line_is_drawn_against_the_rule_that_it_names() -> None:
    """A rule about a part or the champion draws that number, whatever other rules say of the main one."""
    comparison = Comparison(Estimate(0.9, 10), Estimate(-0.1, 10), higher_is_better=True)
    of = [
        brief(ruled(rule, "at_most(0.1)", comparison=comparison), 0.95).track_of
        for rule in ("at_least(0.7)", "between(share=[0.1, 0.2])", "not_worse_than_champion(0.01)", "no_findings()")
    ]
    assert of == ["", "share", "difference from the champion", ""]
    free = brief(ruled("no_findings()", "at_most(0.1)"), 0.95).track
    assert free is not None
    assert free.good is None


def test_the_champion_stands_beside_the_candidate_before_the_checks() -> None:
    """With the side on which the paired interval lies; the sample's is [-0.050, -0.012] where higher is better."""
    (pair,) = pairs(sample_record().results, 0.95)
    assert (pair.check, pair.better) == ("performance.roc_auc", "worse")
    assert pair.track is not None
    assert pair.track.zero is not None
    assert pair.track.good is not None
    assert pair.track.high < pair.track.good[0] < pair.track.zero
    text = HtmlReporter().render(sample_record())
    assert text.index("Against the champion") < text.index('id="checks"')


def test_a_counter_example_is_a_row_beside_its_change_and_a_test_to_paste() -> None:
    """The changed cells come first, and the test keeps its lines."""
    data: dict[str, Json] = {
        "row": {"age": 30, "sex": None, "hours": 40.5},
        "change": {"hours": 41},
        "seed": 7,
        "near": [{"age": 1}, {"age": 2, "sex": "f"}],
        "pytest": "def test_it(predict):\n    assert predict(1) == 2\n",
    }
    row, near, facts = tables(data)
    assert row.rows == (("hours", "40.5", "41"), ("age", "30", ""), ("sex", "missing", ""))
    assert row.marked == {0}
    assert (near.head, near.rows) == (("age", "sex"), (("1", ""), ("2", "f")))
    assert facts.rows == (("seed", "7"),)
    (test,) = blocks(data)
    assert test.text == data["pytest"]
    finding = replace(measured("own.found", Outcome.FAILED, findings=1))
    assert finding.run.measurement is not None
    run = replace(finding.run, measurement=replace(finding.run.measurement, findings=(Finding("x", data=data),)))
    assert "def test_it(predict):\n    assert predict(1) == 2" in page_of([replace(finding, run=run)])


@given(
    data=st.dictionaries(
        st.text(max_size=5), st.recursive(st.none() | st.booleans() | st.integers() | st.text(), nested)
    )
)
def test_data_of_any_shape_is_told(data: dict[str, Json]) -> None:
    """Whatever a finding carries, its tables have as many cells in every row as in the head."""
    assert all(len(row) == len(table.head) for table in tables(data) for row in table.rows)


def test_a_crash_shows_its_traceback_line_by_line() -> None:
    """The author of a check needs it as Python printed it."""
    assert "File &#34;checks.py&#34;, line 12\nZeroDivisionError" in HtmlReporter().render(sample_record())


def test_what_is_left_out_to_keep_the_page_small_is_counted() -> None:
    """Lines without what is below them, and lists that are longer than a page holds."""
    text = page_of([measured(f"own.check_{n}", Outcome.FAILED, slices=200) for n in range(100)])
    assert len(text.encode()) < LARGEST
    (bare,) = re.findall(r"The last (\d+) lines stand without", text)
    assert 100 - text.count("Groups and slices") == int(bare) > 0
    waivers = tuple(WaiverUse(f"own.{n}", "r" * 900, "o" * 900, "2027-01-31", False) for n in range(5_000))
    many = HtmlReporter().render(replace(sample_record(), waivers=waivers))
    assert len(many.encode()) < LARGEST
    assert "And 4900 more" in many


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
    rated: dict[str, Json] = {"false_positive_rate": [0, 1], "true_positive_rate": [0, 1]}
    (both,) = curves({"roc": rated, "roc_of_champion": {**rated, "true_positive_rate": [1, 1]}})
    assert (both.points, both.rival) == (((0.0, 240.0), (240.0, 0.0)), ((0.0, 0.0), (240.0, 0.0)))
    (kind,) = curves({"curve": {"noise": [{"severity": 0, "value": 1}, {"severity": 1, "value": 0.5}]}})
    assert (kind.title, kind.points) == ("noise: by severity", ((0.0, 0.0), (240.0, 120.0)))
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


def test_without_a_gate_file_what_the_command_said_is_said_again() -> None:
    """Both models and the tables; the label stands in no record, so a word holds its place."""
    record = sample_record()
    text = HtmlReporter().render(replace(record, facts=replace(record.facts, gate=GateFacts(0.95))))
    (champion,) = re.findall(r"mlgate run --model \S+ --champion (\S+) .*--test \S+ --label LABEL\n", text)
    assert record.facts.champion is not None
    assert champion == record.facts.champion.uri


def test_a_histogram_has_a_bar_for_each_pair_of_edges() -> None:
    """The largest takes the whole width; edges and counts that don't fit each other are no histogram."""
    (drawn,) = bins({"histogram": {"unit": "ms", "edges": [0, 10, 20], "counts": [30, 60]}})
    assert [(bar.name, bar.now, bar.said) for bar in drawn.bars] == [("0 to 10", 50.0, "30"), ("10 to 20", 100.0, "60")]
    assert list(bins({"histogram": {"edges": [0, 10], "counts": [30, 60]}})) == []


def test_quantiles_stand_on_one_scale() -> None:
    """So that they show the distribution: a longer wait stands further right."""
    parts = tuple(Part(name, Estimate(wait, 100), "ms") for name, wait in (("p50", 3.0), ("p99", 40.0), ("max", 90.0)))
    result = measured("load.latency", Outcome.FAILED)
    assert result.run.measurement is not None
    run = replace(result.run, measurement=replace(result.run.measurement, parts=parts))
    places = [line.track.value for line in whole(replace(result, run=run), 0.95).parts if line.track]
    assert places == sorted(places)
    assert (places[1] - places[0]) / (places[2] - places[0]) == pytest.approx(37 / 87, abs=0.01)
