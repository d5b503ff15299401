"""The HTML report as a reader meets it: with a keyboard, on a phone, in the dark, from a hostile record."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mlgate.reports.html.reporter import HtmlReporter
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

if TYPE_CHECKING:
    from tests.pages.conftest import Opened

RATES = [step / 99 for step in range(100)]
ROC: Json = {"false_positive_rate": list(RATES), "true_positive_rate": [rate**0.3 for rate in RATES]}
EXAMPLE: dict[str, Json] = {
    "row": {"age": 30, "hours": 40},
    "change": {"hours": 41},
    "pytest": "def test_it(predict):\n    assert predict(1) == 2\n",
}
HISTOGRAM: Json = {"unit": "ms", "edges": [0, 10, 20], "counts": [30, 60]}
CURVE: Json = {"predicted": [0.1, 0.5, 0.9], "observed": [0.2, 0.4, 0.95], "rows": [10, 20, 30]}


def pictured() -> Record:
    """A denied run with every kind of picture in it."""
    estimate = Estimate(0.8, 1_000, Spread("wilson", 0.01))
    measurement = Measurement(
        estimate,
        slices=tuple(SliceMeasurement({"region": f"number {n}"}, estimate) for n in range(12)),
        findings=(Finding("row 3 is wrong", data=EXAMPLE),),
        data={
            "curve": CURVE,
            "roc": ROC,
            "roc_of_champion": ROC,
            "histogram": HISTOGRAM,
            "bins": {"age": {"bins": ["young", "old"], "before": [0.5, 0.5], "now": [0.2, 0.8]}},
        },
        notes=("a note",),
    )
    run = CheckRun("own.pictured", RunStatus.MEASURED, 0.1, measurement)
    failed = Result(run, Outcome.FAILED, Level.ENFORCE, "at_least(0.9)", "0.8 is below 0.9")
    record = sample_record()
    verdict = Verdict(Decision.DENIED, ("own.pictured: 0.8 is below 0.9",), 1)
    return replace(record, results=(failed, *record.results), verdict=verdict)


def page_of(record: Record) -> str:
    return HtmlReporter().render(record)


def test_a_check_folds_and_the_filter_works_by_keyboard(opened: Opened) -> None:
    """Tab and type: no pointer is needed."""
    with opened(page_of(pictured())) as page:
        checks = page.locator("details.check")
        many = checks.count()
        assert page.locator("#shown").inner_text() == f"{many} of {many} shown"
        first = checks.first
        assert first.get_attribute("open") is not None
        first.locator("summary").first.focus()
        page.keyboard.press("Enter")
        assert first.get_attribute("open") is None
        page.locator("#words").focus()
        page.keyboard.type("PICTURED failed")
        assert page.locator("#shown").inner_text() == f"1 of {many} shown"
        assert page.locator("details.check:visible").count() == 1
        page.locator("#words").fill("")
        page.locator("#standing").select_option("failed")
        shown = page.locator("details.check:visible")
        assert {shown.nth(n).get_attribute("data-standing") for n in range(shown.count())} == {"failed"}
        page.locator("#unfold").press("Enter")
        assert page.locator("details.check[open]:visible").count() == shown.count()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious(width: int, scheme: str, opened: Opened, axe: str) -> None:
    """With everything unfolded, in both colour schemes, on a phone and on a desk."""
    with opened(page_of(pictured()), width=width, scheme=scheme) as page:
        page.locator("#unfold").click()
        page.locator("details.data > summary").first.click()
        page.evaluate(axe)
        found = page.evaluate("axe.run()")
        grave = [
            (each["id"], [node["html"][:120] for node in each["nodes"]][:3])
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ]
        assert grave == []
        assert found["passes"]


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_window(width: int, opened: Opened) -> None:
    """What is wide scrolls in a place of its own."""
    with opened(page_of(pictured()), width=width) as page:
        page.locator("#unfold").click()
        page.locator("details.data > summary").first.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_picture_is_drawn_in_its_frame(opened: Opened) -> None:
    """A curve of a hundred points is whole, the champion's lies on top of it, and each bar has its width."""
    with opened(page_of(pictured())) as page:
        curve, rival = page.locator("polyline.curve").last, page.locator("polyline.rival")
        assert curve.evaluate("each => each.points.numberOfItems") == 100
        assert rival.evaluate("each => each.points.numberOfItems") == 100
        assert page.locator("polyline.curve").count() == 2
        box = curve.evaluate("each => { const b = each.getBBox(); return [b.x, b.y, b.width, b.height] }")
        assert box == pytest.approx([0, 0, 240, 240], abs=0.1)
        bars = page.locator(".bins svg[aria-label='60'] rect.now, .bins svg[aria-label='30'] rect.now")
        assert [bars.nth(n).get_attribute("width") for n in range(bars.count())] == ["50.0", "100.0"]


def test_on_paper_what_failed_is_unfolded_and_the_tools_are_gone(opened: Opened) -> None:
    """A folded check prints its line; one that failed prints everything."""
    with opened(page_of(pictured())) as page:
        page.locator("#fold").click()
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        assert (
            page.locator("details.check[open]").count() == page.locator("details.check[data-standing=failed]").count()
        )
        assert not page.locator("#tools").is_visible()
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert page.locator("details.check[open]").count() == 0


def test_a_hostile_record_runs_no_script_and_asks_nobody(opened: Opened) -> None:
    """Whatever its names hold, they are text: no dialog opens, and the console has no word from them."""
    with opened(page_of(hostile_record())) as page:
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        page.locator("#unfold").click()
        page.wait_for_timeout(100)
        assert dialogs == []
        assert page.locator("script").count() == 1
        assert page.locator("img, iframe, a, object, embed, form").count() == 0
