"""The lines of a terminal: verdict, each check, what could not run and why, the reasons and the next step."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from mlgate.reports.next_step import next_step
from mlgate.reports.phrases import confinement, measured, trusted
from mlgate.reports.problems import doubts, inapplicable, shared_problems
from mlgate.reports.standing import Standing, standing
from mlgate.results import DataSubject, ModelSubject, Record, Result, RunFacts, SandboxLevel
from mlgate.rules.numbers import count, some

_MARKS = {
    Standing.PASSED: "+",
    Standing.FAILED: "x",
    Standing.ERRORED: "!",
    Standing.INCONCLUSIVE: "?",
    Standing.WARNED: "~",
    Standing.WAIVED: "w",
    Standing.RECORDED: ".",
    Standing.VOID: "v",
    Standing.SKIPPED: "-",
}
_LONGEST = 600
_MOST_OVERRIDES = 5
_WIDEST = 48
_ORDERS = re.compile(r"^\s*:(?=:)|#(?=#\w*\[)", re.MULTILINE)
_UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def harmless(text: str) -> str:
    """One line of `text` that moves no cursor, hides nothing and turns no reading direction; long text is cut.

    What a CI server would read as an order in its log (`::set-env`, `##[error]`, `##vso[...]`) is broken by a space.
    """
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return harmless_lines(" ".join(short.split()))


def harmless_lines(text: str) -> str:
    """The same for a text of several lines, such as a traceback: lines and indentation stay, and nothing is cut."""
    if not text.isprintable():  # what is unsafe is none of the printable characters, and most texts hold nothing else
        text = "".join(character if character in "\n\t" else _visible(character) for character in text)
    return _ORDERS.sub(lambda sign: f"{sign[0]} ", text) if "::" in text or "##" in text else text


def _visible(character: str) -> str:
    if unicodedata.category(character) not in _UNSAFE:
        return character
    return character.encode("unicode_escape").decode("ascii")


def summary(record: Record) -> str:
    """Plain lines without colour. Everything that came from outside is made harmless."""
    sections = (_head, _checks, _problems, _doubts, _waivers, _trust, _end)
    written = ["\n".join(lines) for section in (draw(record) for draw in sections) if (lines := list(section))]
    return "\n\n".join(written) + "\n"


def _head(record: Record) -> Iterator[str]:
    facts = record.facts
    unfinished = "" if record.complete else ", unfinished"
    yield f"mlgate: {record.verdict.decision} (exit code {record.verdict.exit_code}{unfinished})"
    if facts.candidate:
        yield f"candidate  {_model(facts.candidate)}"
    if facts.champion:
        yield f"champion   {_model(facts.champion)}"
    for name, table in facts.data.items():
        yield f"{harmless(name):<9}  {_table(table)}"
    yield from _exposed(facts)
    if facts.gate.left_out:
        yield f"left out   {some([harmless(check) for check in facts.gate.left_out])}"


def _exposed(facts: RunFacts) -> Iterator[str]:
    """What an opened model was not kept from; nothing where all is as it should be."""
    for role, model in (("candidate", facts.candidate), ("champion", facts.champion)):
        if model is not None and model.sandbox is not None and model.sandbox.level is not SandboxLevel.FULL:
            yield f"sandbox    of the {role}: {harmless(confinement(model.sandbox))}"
    if facts.secrets:
        names = ", ".join(harmless(name) for name in facts.secrets)
        yield f"secrets    this process holds {names}: evaluate in a job without them"


def _model(model: ModelSubject) -> str:
    digest = f" ({harmless(model.digest)[:19]})" if model.digest else ""
    return harmless(model.uri) + digest


def _table(table: DataSubject) -> str:
    words = [harmless(table.uri)]
    if table.rows is not None:
        words.append(count(table.rows, "row"))
    if table.looks is not None and table.looks > 1:
        words.append(f"judged {table.looks:,} candidates")
    return ", ".join(words)


def _checks(record: Record) -> Iterator[str]:
    """One line per check; those that share a problem come in `_problems`, those that don't apply in one line."""
    shared = {check for problem in shared_problems(record) for check in problem.checks}
    aside = inapplicable(record)
    rows = [_row(each, record) for each in record.results if each.check not in shared and each not in aside]
    widths = [min(max(map(len, column)), _WIDEST) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    if aside:
        mark = _MARKS[Standing.SKIPPED]
        yield f"{mark}  {len(aside)} checks do not apply here: `--report markdown=PATH` says why of each"


def _row(result: Result, record: Record) -> tuple[str, ...]:
    held = standing(result)
    return (
        _MARKS[held],
        harmless(result.check),
        harmless(measured(result.run.measurement, record.facts.gate.confidence)),
        harmless(result.rule or ""),
        held,
        "; ".join(_remarks(result, record)),
    )


def _remarks(result: Result, record: Record) -> Iterator[str]:
    if result.void is not None:
        yield harmless(result.void if standing(result) is Standing.VOID else f"void: {result.void}")
    if not _told(result, record):
        yield harmless(result.reason)


def _told(result: Result, record: Record) -> bool:
    """Whether the reason needs no telling here: all is well, or the verdict's own reasons hold it."""
    well = standing(result) in (Standing.PASSED, Standing.RECORDED, Standing.VOID)
    return well or any(result.reason in reason for reason in record.verdict.reasons)


def _problems(record: Record) -> Iterator[str]:
    for problem in shared_problems(record):
        yield f"{_MARKS[problem.standing]}  {harmless(problem.headline)}: {harmless(problem.sentence)}"
        yield f"   {', '.join(harmless(check) for check in problem.checks)}"


def _doubts(record: Record) -> Iterator[str]:
    yield from (harmless(doubt) for doubt in doubts(record))


def _waivers(record: Record) -> Iterator[str]:
    if record.waivers:
        yield "Waivers:"
    for waiver in record.waivers:
        used = "" if waiver.used else " (waived nothing)"
        said = f"{waiver.check}, until {waiver.until}, {waiver.owner}: {waiver.reason}"
        yield f"  {harmless(said)}{used}"


def _trust(record: Record) -> Iterator[str]:
    """Whom somebody vouches for, and against what."""
    if record.facts.trust:
        yield "Trusted models:"
    for each in record.facts.trust:
        yield f"  {harmless(trusted(each))}"
        yield from (f"    {harmless(message)}" for message in each.overrides[:_MOST_OVERRIDES])
        if len(each.overrides) > _MOST_OVERRIDES:
            yield f"    and {len(each.overrides) - _MOST_OVERRIDES} more: the record has them all"


def _end(record: Record) -> Iterator[str]:
    if record.verdict.reasons:
        yield f"Why {record.verdict.decision}:"
    for reason in record.verdict.reasons:
        yield f"  {harmless(reason)}"
    yield f"Next: {harmless(str(next_step(record)))}"
