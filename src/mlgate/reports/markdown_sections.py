"""The sections of the Markdown report; one without rows has nothing to say and is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mlgate.reports.markdown_text import bullet, head, row
from mlgate.reports.phrases import estimated, found, measured
from mlgate.reports.problems import doubts, inapplicable, problems, sentence
from mlgate.reports.standing import Standing, of_standing, rules_with, standing, worst_first
from mlgate.results import IN_DOUBT, Level, Outcome, Record, Result, Severity

_SEVERITIES = tuple(reversed(Severity))


@dataclass(frozen=True, slots=True)
class Section:
    """A list, or a table where it has a head. `room` is how many characters its rows may take."""

    title: str
    rows: tuple[str, ...]
    room: int
    head: tuple[str, ...] = ()


def sections(record: Record) -> tuple[Section, ...]:
    """All but the folded table of every check, in the order of what a reader must know first."""
    return (
        _list("Why", record.verdict.reasons, 6_000),
        _table("Failed", ("Check", "Measured", "Rule", "Why"), _failures(record, Level.ENFORCE), 12_000),
        _list("Found", _findings(record, Standing.FAILED, Standing.WARNED), 6_000),
        _list("Found, and no reason to block", _findings(record, Standing.PASSED, Standing.INCONCLUSIVE), 4_000),
        _list("Could not run", _problems(record), 6_000),
        _list("In doubt", (doubt.removeprefix(IN_DOUBT) for doubt in doubts(record)), 4_000),
        _list("Left out of this run, which therefore promotes nothing", record.facts.gate.left_out, 2_000),
        _table("Against the champion", ("Check", "Candidate", "Champion", "Difference"), _comparisons(record), 6_000),
        _table("Warnings", ("Check", "Measured", "Rule", "Why"), _failures(record, Level.WARN), 5_000),
        _list("About what failed", _notes(record), 4_000),
        _table("Inconclusive", ("Check", "Measured", "Rule", "Further rows needed"), _undecided(record), 5_000),
        _table(
            "Void: no evidence of how the model does on new rows",
            ("Check", "Measured", "Because"),
            _void(record),
            4_000,
        ),
        _table("Waivers", ("Check", "Until", "Owner", "Reason", "Used"), _waivers(record), 4_000),
        _table("Trusted models", ("Model", "Digest", "By", "In spite of"), _trust(record), 4_000),
    )


def every_check(record: Record) -> Section:
    """The table of all results but those that don't apply, the worst first; it may take what room is left."""
    aside = {result.check for result in inapplicable(record)}
    rows = (
        (
            result.check,
            standing(result),
            _measured(result, record),
            result.rule or "",
            f"{result.run.seconds:.2f}",
        )
        for result in worst_first(record.results)
        if result.check not in aside
    )
    return _table("", ("Check", "Outcome", "Measured", "Rule", "Seconds"), rows, 65_000)


def not_applicable(record: Record) -> Section:
    """The checks that don't apply, and why."""
    return _table("", ("Check", "Why"), ((result.check, sentence(result)) for result in inapplicable(record)), 6_000)


def _list(title: str, items: Iterable[str], room: int) -> Section:
    return Section(title, tuple(bullet(item) for item in items), room)


def _table(title: str, names: Sequence[str], rows: Iterable[Sequence[str]], room: int) -> Section:
    return Section(title, tuple(row(cells) for cells in rows), room, head(names))


def _measured(result: Result, record: Record) -> str:
    return measured(result.run.measurement, record.facts.gate.confidence)


def _failures(record: Record, level: Level) -> Iterator[tuple[str, ...]]:
    """The failed rules of that level; those that are waived are told with the waivers."""
    for result in record.results:
        for rule in rules_with(result, Outcome.FAILED):
            if rule.level is level and not rule.waived:
                yield result.check, _measured(result, record), rule.rule, rule.reason


def _findings(record: Record, *standings: Standing) -> Iterator[str]:
    """The worst first, so that the least is left out; of one severity in the record's order."""
    told = [
        (finding, result.check)
        for result in of_standing(record, *standings)
        for finding in (() if result.run.measurement is None else result.run.measurement.findings)
    ]
    for finding, check in sorted(told, key=lambda each: _SEVERITIES.index(each[0].severity)):
        yield f"{check}: {found(finding)}"


def _notes(record: Record) -> Iterator[str]:
    """What the checks that failed or warned say of their numbers: where they come from, what may help.

    What several say is there once, so that advice is neither repeated nor cut off behind facts.
    """
    said: dict[str, list[str]] = {}
    for result in of_standing(record, Standing.FAILED, Standing.WARNED):
        for note in () if result.run.measurement is None else result.run.measurement.notes:
            if not note.startswith(IN_DOUBT):
                said.setdefault(note, []).append(result.check)
    for note, checks in said.items():
        more = f" and {len(checks) - 2} more" if len(checks) > 2 else ""
        yield f"{', '.join(checks[:2])}{more}: {note}"


def _problems(record: Record) -> Iterator[str]:
    for problem in problems(record, Standing.ERRORED):
        checks = f" ({', '.join(problem.checks)})" if len(problem.checks) > 1 or problem.cause else ""
        yield f"{problem.headline}: {problem.sentence}{checks}"


def _comparisons(record: Record) -> Iterator[tuple[str, ...]]:
    confidence = record.facts.gate.confidence
    for result in record.results:
        measurement = result.run.measurement
        if measurement is not None and measurement.estimate is not None and measurement.comparison is not None:
            numbers = measurement.estimate, measurement.comparison.champion, measurement.comparison.difference
            yield result.check, *(estimated(number, confidence, measurement.unit) for number in numbers)


def _undecided(record: Record) -> Iterator[tuple[str, ...]]:
    for result in record.results:
        for rule in rules_with(result, Outcome.INCONCLUSIVE):
            if rule.level is not Level.OBSERVE:
                rows = "unknown" if rule.rows_needed is None else f"{rule.rows_needed:,}"
                yield result.check, _measured(result, record), rule.rule, rows


def _void(record: Record) -> Iterator[tuple[str, ...]]:
    for result in record.results:
        if result.void is not None:
            yield result.check, _measured(result, record), result.void


def _trust(record: Record) -> Iterator[tuple[str, ...]]:
    """One row for each thing that was found and let pass, and one for trust that let nothing pass."""
    for each in record.facts.trust:
        about = each.model or "none of this run", each.digest or "any: the model's own code", each.by
        yield from ((*about, message) for message in each.overrides or ("nothing",))


def _waivers(record: Record) -> Iterator[tuple[str, ...]]:
    for waiver in record.waivers:
        used = "yes" if waiver.used else "no, it waived nothing"
        yield waiver.check, waiver.until, waiver.owner, waiver.reason, used
