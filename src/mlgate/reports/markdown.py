"""Markdown for a step summary or a comment on a change: the verdict first, then what to know, then everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mlgate.reports.markdown_sections import Section, every_check, not_applicable, sections
from mlgate.reports.markdown_text import code, fitting, head, plain, row
from mlgate.reports.next_step import next_step
from mlgate.reports.phrases import confinement
from mlgate.reports.problems import inapplicable
from mlgate.reports.standing import counts
from mlgate.results import Decision, ModelSubject, Record
from mlgate.rules.numbers import count

LONGEST = 65_000
"""Under the 65,536 characters that GitHub takes in one comment."""
_FRAMES = 4_000
"""What the titles of all sections, the heads of their tables and the counts of what is left out take at most."""

_SAYS = {
    Decision.ALLOWED: "may be promoted",
    Decision.DENIED: "may not be promoted",
    Decision.UNDECIDED: "may not be promoted on this evidence",
}


@dataclass(frozen=True, slots=True)
class MarkdownReporter:
    """Draws the record in GitHub's and GitLab's Markdown; at most `LONGEST` characters, whatever it holds."""

    def render(self, record: Record) -> str:
        """The report. What does not fit is counted, and stands in the record."""
        return draw(record, LONGEST)


def draw(record: Record, longest: int) -> str:
    """The report in at most `longest` characters; the worst stays, and every list says how much of it is left out."""
    scale = longest / LONGEST
    head = [*_verdict(record), *_subjects(record, int(4_000 * scale))]
    tail = ["", _next(record)]
    foot = _foot(record)
    page = _Page(longest - _FRAMES - _size((*head, *tail, *foot)), scale)
    lines = [line for section in sections(record) for line in page.written(section)]
    return "\n".join((*head, *lines, *tail, *_folded(record, page), *foot)) + "\n"


class _Page:
    """How much room there is, and what of a section fits into it."""

    def __init__(self, room: int, scale: float) -> None:
        self._room = room
        self._scale = scale

    def written(self, section: Section) -> list[str]:
        """The section's title, and as many of its rows as its share of the page and the rest of it hold."""
        if not section.rows:
            return []
        shown = fitting(section.rows, min(int(section.room * self._scale), self._room))
        self._room -= _size(shown)
        title = ["", f"### {section.title}"] if section.title else []
        left_out = len(section.rows) - len(shown)
        more = ["", f"And {left_out:,} more: the record has them all."] if left_out else []
        return [*title, "", *section.head, *shown, *more]


def _size(lines: Sequence[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def _verdict(record: Record) -> Iterator[str]:
    verdict, candidate = record.verdict, record.facts.candidate
    yield f"## mlgate: {verdict.decision}"
    yield ""
    subject = plain(candidate.uri) if candidate else "The model"
    counted = ", ".join(f"{many:,} {held}" for held, many in counts(record).items()) or "no check ran"
    unfinished = "" if record.complete else " The run is unfinished."
    yield f"**{subject}** {_SAYS[verdict.decision]}: {counted} (exit code {verdict.exit_code}).{unfinished}"


def _subjects(record: Record, room: int) -> Iterator[str]:
    facts = record.facts
    rows = [(role, _confined(model), model.digest or "") for role, model in _models(record)]
    for name, table in facts.data.items():
        size = "" if table.rows is None else f", {count(table.rows, 'row')}"
        looks = "" if table.looks is None or table.looks < 2 else f", judged {table.looks:,} candidates"
        rows.append((name, f"{table.uri}{size}{looks}", table.digest or ""))
    rows.append(
        ("gate", f"{facts.gate.path or 'no file'}, confidence {facts.gate.confidence:g}", facts.gate.digest or "")
    )
    if facts.secrets:
        rows.append(
            ("secrets", f"this process held {', '.join(facts.secrets)} beside a model without a full sandbox", "")
        )
    yield from ("", *head(("", "What", "Digest")), *fitting([row(cells) for cells in rows], room))


def _confined(model: ModelSubject) -> str:
    return model.uri if model.sandbox is None else f"{model.uri}, sandbox {confinement(model.sandbox)}"


def _models(record: Record) -> Iterator[tuple[str, ModelSubject]]:
    for role, model in (("candidate", record.facts.candidate), ("champion", record.facts.champion)):
        if model is not None:
            yield role, model


def _next(record: Record) -> str:
    step = next_step(record)
    return f"Next: {code(step.command)} {plain(step.effect)}" if step.command else f"Next: {plain(step.effect)}"


def _folded(record: Record, page: _Page) -> Iterator[str]:
    aside = page.written(not_applicable(record))
    many = len(inapplicable(record))
    if len(record.results) > many:
        yield from _behind(f"{count(len(record.results), 'check')} in all", page.written(every_check(record)))
    if aside:
        yield from _behind(f"{many:,} of them do not apply here", aside)


def _behind(summary: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("", f"<details><summary>{summary}</summary>", *lines, "", "</details>")


def _foot(record: Record) -> tuple[str, str]:
    facts = record.facts
    return "", plain(f"mlgate {facts.mlgate}, run {facts.id}, started {facts.started}, took {record.seconds:.1f} s.")
