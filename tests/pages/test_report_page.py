"""The HTML report as a reader meets it: with a keyboard, on a phone, in the dark, from a hostile record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.pages.pictured import pictured

from mlgate.reports.html.reporter import HtmlReporter
from mlgate.results import Record
from mlgate.testing.hostile import hostile_record

if TYPE_CHECKING:
    from tests.pages.conftest import Opened


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
