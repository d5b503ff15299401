"""What a test says of one check: the reason, the measurement, the rules with their place, and the way out."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.checks import Check
from mlgate.reports.phrases import estimated, found, measured
from mlgate.reports.terminal import harmless
from mlgate.results import Measurement, Outcome, Result, RuleOutcome
from mlgate.rules.numbers import count, roughly

_MOST_FINDINGS = 10
_BY_HAND = (
    "give it what it needs: a gate file beside the test names model and tables, or a fixture `mlgate_request` that "
    'returns mlgate.GateRequest(model=..., tables={"test": ...}, label=...).'
)
_UNMET = (Outcome.FAILED, Outcome.ERRORED, Outcome.INCONCLUSIVE)


def sentence(result: Result) -> str:
    """The outcome and its reason, in a line."""
    return f"{result.check} {result.outcome}: {safe(result.reason)}"


def complaint(result: Result, check: Check | None, confidence: float, *, by_hand: bool = False) -> str:
    """Everything that the person who must act needs; the first line says the most. A test's own number has no check.

    `by_hand` is for a demand that stands in a test, and in no gate file.
    """
    return "\n".join((sentence(result), *_details(result, check, confidence, by_hand), *_traceback(result)))


def _details(result: Result, check: Check | None, confidence: float, by_hand: bool) -> Iterator[str]:
    measurement = result.run.measurement
    if measurement is not None:
        yield f"  measured  {safe(_measured(measurement, confidence))}"
        yield from (f"            {safe(note)}" for note in measurement.notes)
        yield from _findings(measurement)
    for rule in result.rules:
        if rule.outcome in _UNMET:
            yield f"  rule      {_rule(rule, result)}"
    if check is not None:
        yield f"  way out   {way_out(result, check, by_hand=by_hand)}"


def _measured(measurement: Measurement, confidence: float) -> str:
    words = [measured(measurement, confidence)]
    if measurement.estimate is not None:
        words.append(f"on {count(measurement.estimate.n, 'row')}")
    if measurement.comparison is not None:
        words.append(f"champion {estimated(measurement.comparison.champion, confidence, measurement.unit)}")
    return ", ".join(words)


def _findings(measurement: Measurement) -> Iterator[str]:
    shown = measurement.findings[:_MOST_FINDINGS]
    yield from (f"            {safe(found(finding))}" for finding in shown)
    if len(measurement.findings) > len(shown):
        yield f"            and {len(measurement.findings) - len(shown):,} more"


def _rule(rule: RuleOutcome, result: Result) -> str:
    words = [rule.rule, f"({rule.where or 'the default rule of this check'})"]
    if len(result.rules) > 1:
        words.append(f"{rule.outcome}: {safe(rule.reason)}")
    return " ".join(words)


def way_out(result: Result, check: Check, *, by_hand: bool = False) -> str:
    """What to do now, in a sentence or two."""
    page = f"`mlgate explain {check.id}` says more."
    if result.outcome is Outcome.ERRORED and result.run.cause:
        return f"mend {result.run.cause}, which this check needs, and run again."
    if result.outcome is Outcome.ERRORED:
        return f"mend the check at {check.source}." if result.run.traceback else page
    if result.outcome is Outcome.SKIPPED and by_hand:
        return f"{_BY_HAND} {page}"
    if result.outcome is Outcome.SKIPPED:
        return f"give it what it needs, or take {check.id} out of the gate file. {page}"
    rows = max((rule.rows_needed for rule in result.rules if rule.rows_needed), default=None)
    if result.outcome is Outcome.INCONCLUSIVE and rows:
        return f"add {roughly(rows)} rows to the test table. {page}"
    advice = _advice(check.page)
    return f"{advice} {page}" if advice else page


def _advice(page: str) -> str:
    """The first paragraph under the page's heading `What to do`, as one line."""
    _, _, rest = page.partition("## What to do\n")
    paragraph, _, _ = rest.strip().partition("\n\n")
    return " ".join(paragraph.split())


def _traceback(result: Result) -> Iterator[str]:
    if result.run.traceback:
        yield ""
        for line in result.run.traceback.rstrip().splitlines():
            yield line[: len(line) - len(line.lstrip(" "))] + harmless(line)


def safe(text: str) -> str:
    """`text` on one line, whole, with nothing in it that a terminal or a CI server would obey."""
    return " ".join(harmless(word) for word in text.split())


def properties(result: Result, confidence: float) -> list[tuple[str, object]]:
    """What JUnit XML keeps of one check beside its outcome."""
    kept: list[tuple[str, object]] = [("mlgate.outcome", str(result.outcome))]
    estimate = result.run.measurement.estimate if result.run.measurement else None
    if estimate is not None and result.run.measurement is not None:
        drawn = estimate.interval(confidence)
        kept += [
            ("mlgate.value", estimate.value),
            ("mlgate.interval", f"[{drawn.low}, {drawn.high}]"),
            ("mlgate.confidence", confidence),
            ("mlgate.n", estimate.n),
            ("mlgate.unit", result.run.measurement.unit),
        ]
    if result.run.measurement is not None and result.run.measurement.findings:
        kept.append(("mlgate.findings", len(result.run.measurement.findings)))
    kept += [("mlgate.rule", rule.rule) for rule in result.rules] or [("mlgate.rule", result.rule or "none")]
    return kept
