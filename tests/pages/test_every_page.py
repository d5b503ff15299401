"""The report, a diff and a trend in a browser: readable by everyone, on a phone and a desk, by day and by night."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.pages.pictured import pictured

from mlgate.ledger import Event, EventKind, append
from mlgate.reports.diff import formats
from mlgate.reports.diff.changes import changes
from mlgate.reports.html.reporter import HtmlReporter
from mlgate.reports.trend import chart
from mlgate.reports.trend.series import trend
from mlgate.testing.hostile import hostile_record
from mlgate.testing.records import sample_record

if TYPE_CHECKING:
    from tests.pages.conftest import Opened

UNFOLD = "document.querySelectorAll('details').forEach(each => { each.open = true })"


def drawn_trend() -> str:
    """Three verdicts and the promotion that came of them, the last one with hostile names."""
    moved = Event(EventKind.PROMOTION, "2026-11-24T09:00:00Z", "folder", "loan", "me", alias="champion", version="3")
    judged = replace(moved, kind=EventKind.VERDICT)
    verdicts = [(append(None, judged), each) for each in (sample_record(), pictured(), hostile_record())]
    return chart.html(trend("loan", verdicts, [append(None, moved)], ()))


@pytest.fixture(scope="module", params=["report", "diff", "trend"])
def every_page(request: pytest.FixtureRequest) -> str:
    if request.param == "report":
        return HtmlReporter().render(pictured())
    if request.param == "diff":
        return formats.html(changes(pictured(), hostile_record()))
    return drawn_trend()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious(width: int, scheme: str, every_page: str, opened: Opened, axe: str) -> None:
    """With everything unfolded."""
    with opened(every_page, width=width, scheme=scheme) as page:
        page.evaluate(UNFOLD)
        page.evaluate(axe)
        found = page.evaluate("axe.run()")
        grave = [
            (each["id"], [node["html"][:120] + node["failureSummary"] for node in each["nodes"]][:3])
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ]
        assert grave == []
        assert found["passes"]


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_window(width: int, every_page: str, opened: Opened) -> None:
    """What is wide scrolls in a place of its own."""
    with opened(every_page, width=width) as page:
        page.evaluate(UNFOLD)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
