"""What changed between two records, and how sure each difference is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from mlgate.reports.diff import formats
from mlgate.reports.diff.changes import Changes, changes
from mlgate.reports.diff.pairing import Pairing
from mlgate.reports.markdown import LONGEST
from mlgate.results import (
    CheckRun,
    Comparison,
    DataSubject,
    Decision,
    Finding,
    Level,
    Location,
    Measurement,
    ModelSubject,
    Outcome,
    Part,
    Record,
    Result,
    RuleOutcome,
    RunStatus,
    Severity,
    SliceMeasurement,
    Verdict,
)
from mlgate.stats import Estimate, Spread
from mlgate.testing.hostile import hostile_record
from mlgate.testing.records import sample_record

if TYPE_CHECKING:
    from tests.reports.conftest import Elements

TABLE = {"test": DataSubject("test.parquet", "sha256:rows", 300)}


def model(name: str | None) -> ModelSubject | None:
    return None if name is None else ModelSubject(f"models:/{name}/1", f"sha256:{name}")


def judged(candidate: str, champion: str | None, *results: Result) -> Record:
    """A run of these results on the one table."""
    facts = replace(sample_record().facts, candidate=model(candidate), champion=model(champion), data=TABLE)
    return replace(sample_record(), facts=facts, results=results, waivers=(), verdict=Verdict(Decision.ALLOWED, (), 0))


def measured(measurement: Measurement, check: str = "performance.accuracy", **options: float) -> Result:
    run = CheckRun(check, RunStatus.MEASURED, 0.1, measurement, {**options})
    return Result(run, Outcome.PASSED, Level.ENFORCE, None, "")


def auc(value: float, champion: float | None = None, se: float = 0.01) -> Result:
    """A number with the standard error 0.02, and the paired difference to a champion with `se`."""
    compared = None
    if champion is not None:
        number = Estimate(champion, 300, Spread("z", 0.02))
        compared = Comparison(number, Estimate(value - champion, 300, Spread("paired", se)))
    return measured(Measurement(Estimate(value, 300, Spread("z", 0.02)), comparison=compared))


def difference(before: Record, after: Record) -> tuple[str, float, float | None, float | None]:
    """Pairing, value and ends of the one number that changed."""
    (number,) = changes(before, after).numbers
    found = number.difference
    ends = (None, None) if found.interval is None else (found.interval.low, found.interval.high)
    return found.pairing, found.value, *ends


def test_against_its_own_champion_the_difference_is_the_paired_one() -> None:
    """The run that compared the two has it; the other way round it is its mirror image."""
    old, new = judged("a", None, auc(0.80)), judged("b", "a", auc(0.83, 0.80))
    pairing, *numbers = difference(old, new)
    assert pairing is Pairing.PAIRED
    assert numbers == pytest.approx([0.03, 0.03 - 1.959964 * 0.01, 0.03 + 1.959964 * 0.01], abs=1e-6)
    pairing, value, low, high = difference(new, old)
    assert pairing is Pairing.PAIRED
    assert [value, high, low] == pytest.approx([-number for number in numbers if number is not None])


def test_a_champion_with_another_number_pairs_nothing() -> None:
    """Its digest is the same, and what was measured is not: another threshold, another label."""
    assert difference(judged("a", None, auc(0.80)), judged("b", "a", auc(0.83, 0.70)))[0] is Pairing.UNPAIRED


def test_two_that_were_compared_with_one_champion_are_bounded_through_it() -> None:
    """The sum of both intervals, where that is narrower than the unpaired one."""
    pairing, *numbers = difference(judged("a", "c", auc(0.80, 0.78)), judged("b", "c", auc(0.83, 0.78)))
    assert pairing is Pairing.THROUGH_CHAMPION
    assert numbers == pytest.approx([0.03, 0.03 - 1.959964 * 0.02, 0.03 + 1.959964 * 0.02], abs=1e-6)
    loose = difference(judged("a", "c", auc(0.80, 0.78, se=0.02)), judged("b", "c", auc(0.83, 0.78, se=0.02)))
    assert loose[0] is Pairing.UNPAIRED


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.floats(0.05, 0.95))
def test_through_a_champion_the_interval_holds_the_paired_one(seed: int, agreement: float) -> None:
    """Whatever the three models do on the rows: computed by numpy from the rows, which no record has."""
    draw = np.random.default_rng(seed)
    hits = draw.random((3, 200)) < draw.random((3, 1))
    hits[1:] = np.where(draw.random((2, 200)) < agreement, hits[0], hits[1:])
    champion, old, new = hits.astype(float)

    def result(candidate: np.ndarray) -> Result:
        se = (candidate - champion).std(ddof=1) / math.sqrt(200)
        gap = Estimate(float((candidate - champion).mean()), 200, Spread("paired", float(se)))
        own = Spread("z", 1.0)  # too wide to be the narrower one
        compared = Comparison(Estimate(float(champion.mean()), 200, own), gap)
        return measured(Measurement(Estimate(float(candidate.mean()), 200, own), comparison=compared))

    numbers = changes(judged("a", "c", result(old)), judged("b", "c", result(new))).numbers
    paired = new - old
    reach = 1.959963 * paired.std(ddof=1) / math.sqrt(200)
    for number in numbers:
        interval = number.difference.interval
        assert number.difference.pairing is Pairing.THROUGH_CHAMPION
        assert interval is not None
        assert interval.low <= paired.mean() - reach + 1e-9
        assert interval.high >= paired.mean() + reach - 1e-9


def test_where_nothing_pairs_the_reader_is_told() -> None:
    """Other rows, the same model, counts and other options each have their word."""
    one, other = judged("a", None, auc(0.80)), judged("b", None, auc(0.83))
    pairing, value, low, high = difference(one, other)
    assert pairing is Pairing.UNPAIRED
    assert value == pytest.approx(0.03)
    reach = 1.959964 * math.hypot(0.02, 0.02)
    assert (low, high) == pytest.approx((0.03 - reach, 0.03 + reach))
    elsewhere = replace(other, facts=replace(other.facts, data={"test": DataSubject("new.parquet", "sha256:new")}))
    assert difference(one, elsewhere)[0] is Pairing.OTHER_ROWS
    undigested = {"test": DataSubject("test.parquet")}
    unknown = [replace(each, facts=replace(each.facts, data=undigested)) for each in (one, other)]
    assert difference(unknown[0], unknown[1])[0] is Pairing.OTHER_ROWS
    assert difference(one, judged("a", None, auc(0.85)))[::2] == (Pairing.SAME_MODEL, None)
    counts = [measured(Measurement(Estimate(count, 300), "rows")) for count in (5.0, 7.0)]
    assert difference(judged("a", None, counts[0]), judged("b", None, counts[1])) == (Pairing.COUNTED, 2.0, None, None)
    options = [measured(Measurement(Estimate(value, 300, Spread("z", 0.02))), k=value) for value in (0.5, 0.6)]
    told = difference(judged("a", None, options[0]), judged("b", None, options[1]))
    assert told[::2] == (Pairing.NOT_COMPARABLE, None)


def test_of_groups_and_parts_only_what_differs_beyond_chance_is_told() -> None:
    """A group that one record lacks, or that lies within its interval, is left out."""

    def grouped(north: float, south: float) -> Result:
        spread = Spread("z", 0.02)
        groups = {"north": Estimate(north, 90, spread), "south": Estimate(south, 90, spread)}
        slices = tuple(SliceMeasurement({"region": name}, estimate) for name, estimate in groups.items())
        return measured(Measurement(Estimate(0.8, 300, spread), slices=slices, parts=(Part("slope", groups["north"]),)))

    found = changes(judged("a", None, grouped(0.8, 0.8)), judged("b", None, grouped(0.82, 0.6)))
    assert [(each.name, round(each.difference.value, 6)) for each in found.parts] == [("region=south", -0.2)]
    assert found.numbers == ()


def test_outcomes_rules_and_findings_that_changed() -> None:
    """A line that moved is no change, a thing that is there once more is."""
    rule = RuleOutcome("at_least(0.7)", Outcome.PASSED, Level.ENFORCE, "fine")
    held = replace(auc(0.8), rule=rule.rule, rules=(rule,))
    strict = replace(rule, rule="at_least(0.9)", outcome=Outcome.FAILED, reason="0.8 is below 0.9")
    failed = replace(held, outcome=Outcome.FAILED, rule=strict.rule, reason=strict.reason, rules=(strict,))

    def finds(*lines: int) -> Result:
        findings = (Finding("a key", Severity.HIGH, Location("conf.py", line)) for line in lines)
        return measured(Measurement(findings=tuple(findings)), "security.secrets")

    gone = measured(Measurement(Estimate(1.0, 9)), "own.old")
    found = changes(judged("a", None, held, finds(3), gone), judged("a", None, failed, finds(4, 9)))
    assert [(each.check, each.before, each.after, each.rules) for each in found.turns] == [
        ("performance.accuracy", "passed", "failed", ("at_least(0.7)", "at_least(0.9)")),
        ("own.old", "recorded", None, ("", "")),
    ]
    assert [(check, finding.location.line) for check, finding in found.found if finding.location] == [
        ("security.secrets", 9)
    ]
    assert found.gone == ()
    assert (found.alike, found.numbers) == (0, ())


def test_a_record_and_itself_have_no_difference() -> None:
    """In every format, one sentence."""
    same = changes(sample_record(), sample_record())
    assert (same.facts, same.turns, same.numbers, same.parts, same.found, same.gone, same.alike) == ((),) * 6 + (10,)
    for drawn in (formats.text(same), formats.markdown(same), formats.html(same)):
        assert "Nothing changed but the run itself." in drawn


def test_the_text_tells_verdict_numbers_and_how_they_were_paired() -> None:
    """Line by line."""
    old, new = judged("a", None, auc(0.80)), judged("b", "a", auc(0.83, 0.80))
    assert formats.text(changes(old, replace(new, verdict=Verdict(Decision.DENIED, ("too low",), 1)))) == (
        "mlgate diff: allowed -> denied; of 1 check in both, 1 changed\n"
        "\n"
        "before  20261124T083000-a1b2c3  2026-11-24T08:30:00.250Z  models:/a/1  allowed\n"
        "after   20261124T083000-a1b2c3  2026-11-24T08:30:00.250Z  models:/b/1  denied\n"
        "\n"
        "Why now:\n"
        "  too low\n"
        "\n"
        "Numbers:\n"
        "  performance.accuracy  0.800 [0.761, 0.839]  0.830 [0.791, 0.869]  +0.030 [0.010, 0.050]  paired\n"
        "  (paired: on the same rows: one run compared the two models itself.)\n"
        "\n"
        "Facts:\n"
        "  candidate  models:/a/1 (sha256:a)  models:/b/1 (sha256:b)\n"
        "  champion   -                       models:/a/1 (sha256:a)\n"
    )


@pytest.fixture(scope="module")
def hostile() -> Changes:
    return changes(sample_record(), hostile_record())


def test_no_name_is_markup_on_a_page(hostile: Changes, elements: Callable[[str], Elements]) -> None:
    """The elements and attributes are those of the template, and it loads nothing."""
    found = elements(formats.html(hostile))
    ours = {"html", "head", "meta", "title", "style", "body", "main", "section", "h1", "h2", "div", "table", "thead"}
    assert found.seen <= ours | {"tbody", "tr", "th", "td", "p"}
    assert not {name for name in found.attributes if name.startswith("on") or name in ("src", "href", "style")}
    assert "&lt;script&gt;" in formats.html(hostile)


def test_no_name_is_markup_in_markdown(hostile: Changes) -> None:
    """No HTML, link or image; and no line of the terminal gives orders or moves a cursor."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(formats.markdown(hostile))
    kinds = {child.type for token in tokens for child in (token, *(token.children or ()))}
    assert not kinds & {"html_inline", "html_block", "link_open", "image", "fence", "code_block", "code_inline"}
    assert not any(line.lstrip().startswith(("::", "##")) for line in formats.text(hostile).splitlines())
    assert "\x1b" not in formats.text(hostile)


@pytest.mark.parametrize("draw", [formats.text, formats.markdown, formats.html])
def test_of_ten_thousand_findings_the_rest_is_counted(draw: Callable[[Changes], str]) -> None:
    """No format grows without end."""
    findings = tuple(Finding(f"thing {number}", Severity.LOW) for number in range(10_000))
    drawn = draw(changes(judged("a", None), judged("b", None, measured(Measurement(findings=findings)))))
    none = draw(changes(judged("a", None, measured(Measurement(findings=findings))), judged("b", None)))
    one = measured(Measurement(findings=findings[:1]))
    many = draw(changes(judged("a", None, one), judged("b", None, measured(Measurement(findings=findings)))))
    for text in (drawn, none, many):
        assert "thing 9999" not in text
        assert len(text) < 400_000
        assert "more: " in text
    if draw is formats.markdown:
        assert len(many) <= LONGEST
