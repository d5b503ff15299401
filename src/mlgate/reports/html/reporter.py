"""The page itself, in at most so many bytes: the worst first, and what does not fit is counted."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from mlgate.reports.html.entries import Entry, brief, cut, whole
from mlgate.reports.html.facts import facts_of
from mlgate.reports.html.plots import SIDE
from mlgate.reports.html.scale import WIDTH
from mlgate.reports.html.versus import MOST, pairs
from mlgate.reports.next_step import next_step
from mlgate.reports.pages import drawing
from mlgate.reports.standing import Standing, counts, standing, worst_first
from mlgate.results import Decision, Record, Result

if TYPE_CHECKING:
    from jinja2 import Environment as Pages
    from markupsafe import Markup

LARGEST = 1_400_000
"""Bytes of the page, below the 1.5 MiB that mail and comment systems carry."""
_REASONS, _OPEN = 40, 5
_SAYS = {
    Decision.ALLOWED: "may be promoted",
    Decision.DENIED: "may not be promoted",
    Decision.UNDECIDED: "may not be promoted on this evidence",
}


@dataclass(frozen=True, slots=True)
class HtmlReporter:
    """Draws the record as one page without a request to anywhere; a Content-Security-Policy holds it to that."""

    def render(self, record: Record) -> str:
        """The page. Everything that is not ours in the record is shown as text."""
        environment = drawing.environment()
        script = (files(__package__) / "filter.js").read_text("utf-8")
        results = worst_first(record.results)
        values = _values(record, results)
        values |= {"script": drawing.trusted(script), "hash": _hash(script)}
        template = environment.get_template("report.html.j2")
        room = LARGEST - len(template.render(**values, checks=()).encode())
        checks, whole_ones = _fitting(environment, results, record.facts.gate.confidence, room)
        return template.render(**{**values, "whole_ones": whole_ones}, checks=checks) + "\n"


def _values(record: Record, results: Sequence[Result]) -> dict[str, object]:
    reasons = record.verdict.reasons
    compared = list(pairs(results, record.facts.gate.confidence))
    return {
        "record": record,
        "decision": str(record.verdict.decision),
        "says": _SAYS[record.verdict.decision],
        "subject": record.facts.candidate.uri if record.facts.candidate else "The model",
        "counts": [(str(held), many) for held, many in counts(record).items()],
        "reasons": [cut(reason) for reason in reasons[:_REASONS]],
        "reasons_left_out": max(0, len(reasons) - _REASONS),
        "next": next_step(record),
        "pairs": compared[:MOST],
        "pairs_left_out": max(0, len(compared) - MOST),
        "facts": facts_of(record),
        "total": len(record.results),
        "whole_ones": 0,
        "width": WIDTH,
    }


def _fitting(environment: Pages, results: Sequence[Result], confidence: float, room: int) -> tuple[list[Markup], int]:
    """A line for each check as far as there is room, then everything below the lines, the worst first.

    The number is that of the checks which have everything.
    """
    template = environment.get_template("check.html.j2")

    def drawn(entry: Entry, *, open: bool = False) -> str:
        return template.render(entry=entry, width=WIDTH, side=SIDE, open=open)

    texts = []
    for result in results:
        texts.append(drawn(brief(result, confidence)))
        room -= len(texts[-1].encode())
        if room < 0:
            return [drawing.trusted(text) for text in texts[:-1]], 0
    whole_ones = 0
    for place, result in enumerate(results):
        told = drawn(whole(result, confidence), open=place < _OPEN and standing(result) is Standing.FAILED)
        room -= len(told.encode()) - len(texts[place].encode())
        if room < 0:
            break
        texts[place], whole_ones = told, place + 1
    return [drawing.trusted(text) for text in texts], whole_ones


def _hash(script: str) -> str:
    """What a Content-Security-Policy asks for before it lets a script run."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
