"""The changes as lines of a terminal, as Markdown and as one HTML page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlgate.reports.diff.changes import Changes
from mlgate.reports.diff.telling import Section, headline, runs, sections
from mlgate.reports.markdown import LONGEST
from mlgate.reports.markdown_text import bullet, fitting, head, plain, row
from mlgate.reports.pages.drawing import draw
from mlgate.reports.terminal import harmless

_MOST_LINES = 40
"""Rows of one section on a terminal."""
_MOST_ROWS = 2_000
"""Rows of one section on a page."""
_FRAMES = 6_000
"""What titles, heads, notes and counts take at most."""
_WIDEST = 48
_NOTHING = "Nothing changed but the run itself."


def text(changes: Changes) -> str:
    """Plain lines, tables in columns."""
    blocks = [f"mlgate diff: {headline(changes)}", "\n".join(_columns(runs(changes)))]
    blocks += ["\n".join(_block(section)) for section in sections(changes)] or [_NOTHING]
    return "\n\n".join(blocks) + "\n"


def markdown(changes: Changes) -> str:
    """At most as long as a comment may be."""
    lines = [f"## mlgate diff: {plain(headline(changes))}", "", *head(("", "Run", "Started", "Candidate", "Verdict"))]
    lines += [row(each) for each in runs(changes)]
    told = sections(changes)
    room = LONGEST - _FRAMES - sum(len(line) + 1 for line in lines)
    for section in told:
        shown = fitting([row(each) for each in section.rows], room // 2)
        room -= sum(len(each) + 1 for each in shown)
        lines += ["", f"### {section.title}", "", *head(section.head), *shown, *_left_out(section, shown)]
        lines += ["", *(bullet(note) for note in section.notes)] if section.notes else []
    return "\n".join((*lines, *([] if told else ["", _NOTHING]))) + "\n"


def html(changes: Changes) -> str:
    """One page that needs nothing else."""
    told = [(section, section.rows[:_MOST_ROWS]) for section in sections(changes)]
    return draw("diff.html.j2", headline=headline(changes), runs=runs(changes), sections=told, nothing=_NOTHING)


def _block(section: Section) -> Iterator[str]:
    yield f"{section.title}:"
    for line in _columns(section.rows[:_MOST_LINES]):
        yield f"  {line}"
    if len(section.rows) > _MOST_LINES:
        yield f"  and {len(section.rows) - _MOST_LINES:,} more: --report markdown=PATH or html=PATH shows them"
    for note in section.notes:
        yield f"  ({note})"


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    cells = [[harmless(cell) for cell in row] for row in rows]
    widths = [min(max(map(len, column)), _WIDEST) for column in zip(*cells, strict=True)]
    for each in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(each, widths, strict=True)).rstrip()


def _left_out(section: Section, shown: Sequence[str]) -> list[str]:
    more = len(section.rows) - len(shown)
    return ["", f"And {more:,} more: the records have them all."] if more else []
