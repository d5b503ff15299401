"""What the record says under each heading of a model card; the texts are strangers' and not yet escaped."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.reports.model_card.metadata import predictive
from mlgate.reports.phrases import estimated, measured, trusted
from mlgate.reports.standing import Standing, counts, of_standing, standing
from mlgate.results import Record, Result

Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


def factors(record: Record) -> list[str]:
    """The columns whose groups were measured, with how many groups of each."""
    groups: dict[str, set[str]] = {}
    for result in record.results:
        for each in () if result.run.measurement is None else result.run.measurement.slices:
            groups.setdefault(" x ".join(each.slice) or each.name, set()).add(each.name)
    return [f"{columns}: {len(names):,} groups" for columns, names in groups.items()]


def metrics(record: Record) -> list[str]:
    """How uncertainty was told, and each metric with the rule that it was held against."""
    held = [f"{result.check}: {result.rule}" for result in predictive(record) if result.rule]
    return [f"Intervals are drawn at {100 * record.facts.gate.confidence:g}% confidence.", *held]


def overall(record: Record) -> Table:
    """Every number of the model, beside the champion's where it was measured on the same rows."""
    names = ("Check", "Measured", "Champion", "Difference", "Outcome")
    return names, [_number(result, record.facts.gate.confidence) for result in predictive(record)]


def _number(result: Result, confidence: float) -> tuple[str, ...]:
    measurement = result.run.measurement
    compared = measurement.comparison if measurement else None
    both = () if compared is None else (compared.champion, compared.difference)
    unit = measurement.unit if measurement else "1"
    told = [estimated(each, confidence, unit) for each in both] or ["", ""]
    return result.check, measured(measurement, confidence), *told, standing(result)


def groups(record: Record) -> Table:
    """The numbers of groups, crossed ones too."""
    names = ("Check", "Group", "Measured", "Rows")
    return names, list(_groups(record))


def _groups(record: Record) -> Iterator[tuple[str, ...]]:
    confidence = record.facts.gate.confidence
    for result in predictive(record):
        measurement = result.run.measurement
        for each in measurement.slices if measurement else ():
            unit = measurement.unit if measurement and each.metric is None else "1"
            name = each.name if each.metric is None else f"{each.name} ({each.metric})"
            yield result.check, name, estimated(each.estimate, confidence, unit), f"{each.estimate.n:,}"


def ethics(record: Record) -> list[str]:
    """What the fairness family came to."""
    fair = [result for result in record.results if result.check.startswith("fairness.")]
    told = [
        f"{result.check}: {standing(result)}, {measured(result.run.measurement, record.facts.gate.confidence)}"
        for result in fair
        if result.run.measurement is not None
    ]
    return told or ["No check of fairness measured anything."]


def caveats(record: Record) -> list[str]:
    """The verdict and its reasons, what could not be told, and what was excused."""
    counted = ", ".join(f"{many:,} {held}" for held, many in counts(record).items()) or "no check ran"
    told = [f"Verdict: {record.verdict.decision} ({counted}).", *record.verdict.reasons]
    told += [] if record.complete else ["The run is unfinished."]
    told += [f"{each.check}: {each.reason}" for each in of_standing(record, Standing.INCONCLUSIVE, Standing.WARNED)]
    told += [f"{each.check} is no evidence: {each.void}" for each in record.results if each.void is not None]
    told += [f"{each.check} is waived until {each.until}: {each.reason}" for each in record.waivers]
    told += [f"Trusted: {trusted(each)}" for each in record.facts.trust]
    return told + [f"{check} was left out of the run." for check in record.facts.gate.left_out]
