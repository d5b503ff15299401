"""What changed between two records, before it is put into words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlgate.reports.diff.pairing import Difference, Pair
from mlgate.reports.phrases import trusted
from mlgate.reports.standing import Standing, standing
from mlgate.results import Finding, Measurement, ModelSubject, Record, Result
from mlgate.stats import Estimate


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the head that is another one now; None where a record has none."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """A check that stands otherwise, or is held against another rule; None where a run did not have it."""

    check: str
    before: Standing | None
    after: Standing | None
    rules: tuple[str, str]
    reason: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number in both records. `name` is that of the group or part, empty for the check's own."""

    check: str
    name: str
    unit: str
    before: Estimate
    after: Estimate
    difference: Difference


@dataclass(frozen=True, slots=True)
class Changes:
    """All that changed. `numbers` are the checks' own that differ; `parts` those of groups and second numbers whose
    difference is shown. `alike` counts the checks of both records of which nothing changed.
    """

    before: Record
    after: Record
    facts: tuple[Fact, ...]
    turns: tuple[Turn, ...]
    numbers: tuple[Number, ...]
    parts: tuple[Number, ...]
    found: tuple[tuple[str, Finding], ...]
    gone: tuple[tuple[str, Finding], ...]
    alike: int

    @property
    def level(self) -> float:
        return self.after.facts.gate.confidence


def changes(before: Record, after: Record) -> Changes:
    """Compare two records, check by check."""
    pair = Pair(before, after)
    one, other = ({result.check: result for result in record.results} for record in (before, after))
    both = [(one[check], other[check]) for check in other if check in one]
    turns = tuple(_turns(one, other))
    numbers = tuple(number for results in both for number in _own(*results, pair) if number.difference.value != 0)
    parts = tuple(number for results in both for number in _beside(*results, pair) if number.difference.shown)
    found, gone = _findings(other, one), _findings(one, other)
    touched = {turn.check for turn in turns} | {number.check for number in (*numbers, *parts)}
    touched |= {check for check, _ in (*found, *gone)}
    return Changes(
        before=before,
        after=after,
        facts=tuple(fact for fact in _facts(before, after) if fact.before != fact.after),
        turns=turns,
        numbers=numbers,
        parts=parts,
        found=found,
        gone=gone,
        alike=sum(result.check not in touched for result, _ in both),
    )


def _facts(before: Record, after: Record) -> Iterator[Fact]:
    one, other = before.facts, after.facts
    yield Fact("candidate", _model(one.candidate), _model(other.candidate))
    yield Fact("champion", _model(one.champion), _model(other.champion))
    for name in dict.fromkeys((*one.data, *other.data)):
        tables = one.data.get(name), other.data.get(name)
        yield Fact(name, *(f"{each.uri} ({_short(each.digest)})" if each else None for each in tables))
    gates = one.gate, other.gate
    yield Fact("gate", *(f"{each.path or 'no file'} ({_short(each.digest)})" for each in gates))
    yield Fact("confidence", *(f"{each.confidence:g}" for each in gates))
    yield Fact("left out", *(", ".join(each.left_out) or None for each in gates))
    yield Fact("trust", *("; ".join(map(trusted, each.trust)) or None for each in (one, other)))
    yield Fact("mlgate", one.mlgate, other.mlgate)
    for name in dict.fromkeys((*one.environment, *other.environment)):
        yield Fact(name, one.environment.get(name), other.environment.get(name))


def _model(model: ModelSubject | None) -> str | None:
    return None if model is None else f"{model.uri} ({_short(model.digest)})"


def _short(digest: str | None) -> str:
    """As many digits as tell two apart."""
    return digest[:19] if digest else "no digest"


def _turns(before: Mapping[str, Result], after: Mapping[str, Result]) -> Iterator[Turn]:
    for check in dict.fromkeys((*before, *after)):
        one, other = before.get(check), after.get(check)
        stood = None if one is None else standing(one)
        stands = None if other is None else standing(other)
        rules = _rules(one), _rules(other)
        if stood is not stands or (one is not None and other is not None and rules[0] != rules[1]):
            yield Turn(check, stood, stands, rules, other.reason if other is not None else "it was not in the run")


def _rules(result: Result | None) -> str:
    """What the check was held against, with the level of each rule that does not block."""
    if result is None:
        return ""
    return ", ".join(f"{rule.rule}{'' if rule.level == 'enforce' else f' ({rule.level})'}" for rule in result.rules)


def _own(before: Result, after: Result, pair: Pair) -> Iterator[Number]:
    difference = pair.whole(before, after)
    one, other = before.run.measurement, after.run.measurement
    if difference is not None and one and other and one.estimate and other.estimate:
        yield Number(after.check, "", other.unit, one.estimate, other.estimate, difference)


def _beside(before: Result, after: Result, pair: Pair) -> Iterator[Number]:
    """Groups and parts that both records have."""
    if not pair.comparable(before, after):
        return
    one, other = _named(before.run.measurement), _named(after.run.measurement)
    for name, (unit, estimate) in other.items():
        was, earlier = one.get(name, ("", estimate))
        if was == unit:
            yield Number(after.check, name, unit, earlier, estimate, pair.number(earlier, estimate))


def _named(measurement: Measurement | None) -> dict[str, tuple[str, Estimate]]:
    if measurement is None:
        return {}
    named = {part.name: (part.unit, part.estimate) for part in measurement.parts}
    for each in measurement.slices:
        name = each.name if each.metric is None else f"{each.name} ({each.metric})"
        named[name] = (measurement.unit if each.metric is None else "1", each.estimate)
    return named


def _findings(here: Mapping[str, Result], there: Mapping[str, Result]) -> tuple[tuple[str, Finding], ...]:
    """What is found here and not there; a line may move, and a thing that is there twice counts twice."""
    left = Counter(_identity(check, finding) for check, finding in _all(there))
    new = []
    for check, finding in _all(here):
        identity = _identity(check, finding)
        if left[identity]:
            left[identity] -= 1
        else:
            new.append((check, finding))
    return tuple(new)


def _all(results: Mapping[str, Result]) -> Iterator[tuple[str, Finding]]:
    for check, result in results.items():
        for finding in () if result.run.measurement is None else result.run.measurement.findings:
            yield check, finding


def _identity(check: str, finding: Finding) -> tuple[str, ...]:
    return check, finding.message, finding.severity, finding.location.file if finding.location else ""
