"""What JUnit's test cases say of each check, before any XML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mlgate.reports.next_step import next_step
from mlgate.reports.phrases import found, measured, number, trusted
from mlgate.reports.problems import sentence
from mlgate.reports.standing import Standing, standing
from mlgate.results import Decision, Record, Result


class Mark(StrEnum):
    """The element that says how a test case ended."""

    SKIPPED = "skipped"
    FAILURE = "failure"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Case:
    """One test case; no mark means that it passed. `kind` is a word for machines, `details` is for people."""

    name: str
    classname: str
    seconds: float
    mark: Mark | None = None
    message: str = ""
    kind: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """Test cases under one name, with the facts that JUnit keeps beside them."""

    name: str
    seconds: float
    properties: Mapping[str, str]
    cases: tuple[Case, ...]
    output: str = ""

    def count(self, mark: Mark) -> int:
        return sum(case.mark is mark for case in self.cases)


_MARKS = {
    Standing.FAILED: Mark.FAILURE,
    Standing.ERRORED: Mark.ERROR,
    Standing.INCONCLUSIVE: Mark.SKIPPED,
    Standing.WARNED: Mark.SKIPPED,
    Standing.WAIVED: Mark.SKIPPED,
    Standing.VOID: Mark.SKIPPED,
    Standing.SKIPPED: Mark.SKIPPED,
}


def suites(record: Record) -> tuple[Suite, ...]:
    """The suite of the verdict, then one per family, in the order in which the record first names them."""
    families: dict[str, list[Result]] = {}
    for result in record.results:
        families.setdefault(result.check.partition(".")[0] or "unnamed", []).append(result)
    return (_verdict_suite(record), *(_family_suite(name, results, record) for name, results in families.items()))


def _verdict_suite(record: Record) -> Suite:
    verdict = record.verdict
    if verdict.decision is Decision.ALLOWED:
        case = Case("verdict", "mlgate", record.seconds)
    else:
        message = f"{verdict.decision}: {'; '.join(verdict.reasons) or 'no reason was given'}"
        details = "\n".join((*verdict.reasons, str(next_step(record))))
        case = Case("verdict", "mlgate", record.seconds, Mark.FAILURE, message, verdict.decision, details)
    return Suite("verdict", record.seconds, dict(_facts(record)), (case,))


def _facts(record: Record) -> Iterator[tuple[str, str]]:
    facts = record.facts
    yield "verdict", record.verdict.decision
    yield "exit_code", str(record.verdict.exit_code)
    yield "mlgate", facts.mlgate
    yield "run", facts.id
    yield "confidence", number(facts.gate.confidence)
    for role, model in (("candidate", facts.candidate), ("champion", facts.champion)):
        if model is not None:
            yield role, model.uri
            yield f"{role}.digest", model.digest or "unknown"
    for name, table in facts.data.items():
        yield f"data.{name}", table.uri
        yield f"data.{name}.digest", table.digest or "unknown"
    for place, trust in enumerate(facts.trust, 1):
        yield f"trust.{place}", trusted(trust)
        yield from ((f"trust.{place}.overrides.{n}", message) for n, message in enumerate(trust.overrides, 1))


def _family_suite(family: str, results: list[Result], record: Record) -> Suite:
    confidence = record.facts.gate.confidence
    properties = {name: value for result in results for name, value in _measured(result, confidence)}
    seconds = sum(result.run.seconds for result in results)
    return Suite(family, seconds, properties, tuple(_case(family, result, confidence) for result in results))


def _measured(result: Result, confidence: float) -> Iterator[tuple[str, str]]:
    """The properties of one check: names are stable, so that a dashboard can follow them from run to run."""
    yield f"{result.check}.outcome", result.outcome
    yield f"{result.check}.level", result.level
    if result.rule:
        yield f"{result.check}.rule", result.rule
    if result.void:
        yield f"{result.check}.void", result.void
    measurement = result.run.measurement
    if measurement is None or measurement.estimate is None:
        return
    yield f"{result.check}.value", repr(measurement.estimate.value)
    yield f"{result.check}.unit", measurement.unit
    yield f"{result.check}.n", str(measurement.estimate.n)
    if measurement.estimate.spread is not None:
        drawn = measurement.estimate.interval(confidence)
        yield f"{result.check}.interval", f"[{drawn.low!r}, {drawn.high!r}]"


def _case(family: str, result: Result, confidence: float) -> Case:
    held = standing(result)
    classname, seconds = f"mlgate.{family}", result.run.seconds
    mark = _MARKS.get(held)
    if mark is None:
        return Case(result.check, classname, seconds)
    said = _said(result, held)
    message = f"{held}: {said}" if mark is Mark.SKIPPED else said
    details = "\n".join(_details(result, confidence))
    return Case(result.check, classname, seconds, mark, message, result.rule or held, details)


def _said(result: Result, held: Standing) -> str:
    if held is Standing.VOID:
        return result.void or ""
    return sentence(result) if held in (Standing.ERRORED, Standing.SKIPPED) else result.reason


def _details(result: Result, confidence: float) -> Iterator[str]:
    if result.run.measurement is not None:
        yield f"measured: {measured(result.run.measurement, confidence)}"
        yield from (f"found: {found(finding)}" for finding in result.run.measurement.findings)
        yield from result.run.measurement.notes
    if result.void:
        yield f"void, and no evidence: {result.void}"
    for rule in result.rules:
        waived = f" (waived: {rule.waived})" if rule.waived else ""
        yield f"{rule.rule} {rule.outcome}: {rule.reason}{waived}"
    if result.run.traceback:
        yield result.run.traceback
    yield f"`mlgate explain {result.check}` says what it measures and how to mend it."
