"""A history of numbers, as a line of blocks and as a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from mlgate.ledger import Entry, Event, EventKind, append
from mlgate.reports.trend.chart import HEIGHT, WIDTH, html
from mlgate.reports.trend.series import Trend, trend
from mlgate.reports.trend.sparkline import BLOCKS, PLAIN, sparkline, text
from mlgate.results import CheckRun, DataSubject, Level, Measurement, Outcome, Record, Result, RunStatus
from mlgate.stats import Estimate, Spread
from mlgate.testing.hostile import HOSTILE, hostile_record
from mlgate.testing.records import sample_record

if TYPE_CHECKING:
    from tests.reports.conftest import Elements


def entry(seq: int, kind: EventKind = EventKind.VERDICT) -> Entry:
    time = f"2026-11-{seq:02}T08:00:00Z"
    event = Event(kind, time, "folder", "loan", "me", alias="champion", version=str(seq), generation=1)
    return append(None, event)


def record(value: float, *, rows: str = "sha256:a", unit: str = "1", check: str = "performance.roc_auc") -> Record:
    run = CheckRun(check, RunStatus.MEASURED, 0.1, Measurement(Estimate(value, 300, Spread("z", 0.01)), unit))
    facts = replace(sample_record().facts, data={"test": DataSubject("test.parquet", rows)})
    return replace(sample_record(), facts=facts, results=(Result(run, Outcome.PASSED, Level.ENFORCE, None, ""),))


def drawn(*records: Record | None, checks: tuple[str, ...] = ()) -> Trend:
    verdicts = [(entry(place), each) for place, each in enumerate(records, start=1)]
    return trend("loan", verdicts, [entry(9, EventKind.PROMOTION)], checks)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=60))
def test_a_sparkline_has_one_sign_a_value_in_their_order(values: list[float]) -> None:
    """The least is the lowest, the most the highest, and a larger value never stands lower."""
    signs = sparkline(values)
    assert len(signs) == len(values)
    heights = [BLOCKS.index(sign) for sign in signs]
    pairs = sorted(zip(values, heights, strict=True))
    assert [height for _, height in pairs] == sorted(heights)
    if min(values) < max(values):
        assert (pairs[0][1], pairs[-1][1]) == (0, 7)


def test_one_check_is_told_verdict_by_verdict() -> None:
    """What was measured, on which rows; what was lost is counted."""
    told = text(drawn(record(0.70), None, record(0.74), record(0.72, rows="sha256:b")))
    assert told == (
        "loan: 4 verdicts, 2026-11-01 to 2026-11-04\n"
        "\n"
        "performance.roc_auc  ▁█▅  0.700 [0.680, 0.720] -> 0.720 [0.700, 0.740]\n"
        "\n"
        "2026-11-01T08:00:00Z  version 1  denied  0.700 [0.680, 0.720]\n"
        "2026-11-03T08:00:00Z  version 3  denied  0.740 [0.720, 0.760]\n"
        "2026-11-04T08:00:00Z  version 4  denied  0.720 [0.700, 0.740]  other rows\n"
        "\n"
        "1 verdict left out: the record is kept neither by the registry nor here.\n"
        "The test table changed 1 time: numbers on other rows differ by chance, too.\n"
    )


def test_a_terminal_without_blocks_gets_plain_signs() -> None:
    """ASCII alone."""
    told = text(drawn(record(0.70), record(0.74)), blocks=False)
    assert told.isascii()
    assert f"  {PLAIN[0]}{PLAIN[-1]}  " in told


def test_without_a_name_it_is_every_number_of_the_last_verdict() -> None:
    """One line each; a check that was measured in another unit before begins anew."""
    found = drawn(record(50.0, unit="ms"), record(0.04, unit="s"), record(0.05, unit="s"))
    assert [(each.unit, len(each.points)) for each in found.series] == [("s", 2)]
    assert [each.check for each in drawn(sample_record()).series] == [
        "data.duplicates",
        "performance.roc_auc",
        "performance.accuracy",
        "performance.calibration",
        "business.revenue",
    ]
    assert drawn(sample_record(), checks=("performance.roc_auc", "no.such")).series[0].check == "performance.roc_auc"


def test_nothing_that_was_kept_is_an_empty_trend() -> None:
    """Both formats say how many were left out."""
    found = drawn(None, None)
    assert text(found).startswith("loan: 2 verdicts\n\n2 verdicts left out")
    assert "2 verdicts left out" in html(found)


def test_the_chart_stands_inside_its_frame_and_breaks_where_the_rows_change() -> None:
    """Every mark with its interval; a line joins only what stood on the same rows."""
    page = html(drawn(record(0.70), record(0.74), record(0.72, rows="sha256:b"), record(0.71, rows="sha256:b")))
    (picture,) = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    root = ElementTree.fromstring(picture)
    circles = [(float(each.get("cx", "")), float(each.get("cy", ""))) for each in root.iter("circle")]
    assert len(circles) == 4
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in circles)
    assert circles[1][1] < circles[3][1] < circles[0][1]  # 0.74 above 0.71 above 0.70: pixels count downwards
    assert [len((line.get("points") or "").split()) for line in root.iter("polyline")] == [2, 2]
    titles = [each.text for each in root.iter("title")]
    assert titles[0] == "2026-11-01T08:00:00Z, version 1, denied: 0.700 [0.680, 0.720]"
    assert "<td>promotion</td><td>champion</td><td>9</td>" in page


def test_no_name_is_markup_or_moves_a_cursor(elements: Callable[[str], Elements]) -> None:
    """The page has our elements alone, and loads nothing."""
    hostile = [record(0.1, check=name, unit=name) for name in HOSTILE]
    several = tuple(result for each in hostile for result in each.results)
    found = drawn(replace(hostile_record(), results=several))
    page = elements(html(replace(found, name=HOSTILE[0])))
    assert not page.seen & {"script", "img", "iframe", "a", "b", "link"}
    assert not {name for name in page.attributes if name.startswith("on") or name in ("src", "href", "style")}
    told = text(replace(found, name=HOSTILE[5]))
    assert "\x1b" not in told
    assert not any(line.lstrip().startswith(("::", "##")) for line in told.splitlines())
