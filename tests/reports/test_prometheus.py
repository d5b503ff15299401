"""Prometheus' text, read by the parser of its own client."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mlgate.reports.prometheus import PrometheusReporter
from mlgate.results import CheckRun, Decision, Level, Measurement, Outcome, Record, Result, RunStatus, Verdict
from mlgate.stats import Estimate
from mlgate.testing.hostile import HOSTILE, hostile_record
from mlgate.testing.records import sample_record


def empty_record() -> Record:
    """A run in which nothing ran, of no model."""
    facts = replace(sample_record().facts, candidate=None, champion=None)
    return replace(sample_record(), facts=facts, results=(), verdict=Verdict(Decision.DENIED, ("nothing ran",), 5))


def parsed(record: Record) -> dict[tuple[str, str], float]:
    """Each sample by its name and its own label (the check, the decision, the standing)."""
    families = list(text_string_to_metric_families(PrometheusReporter().render(record)))
    samples = [sample for family in families for sample in family.samples]
    own = ("check", "decision", "standing")
    return {
        (each.name, next((each.labels[name] for name in own if name in each.labels), "")): each.value
        for each in samples
    }


@pytest.mark.parametrize("record", [sample_record(), hostile_record(), empty_record()], ids=["some", "hostile", "none"])
def test_the_clients_parser_reads_every_report(record: Record) -> None:
    """Every family is announced, every name follows the convention, no series is there twice, and no value is NaN."""
    text = PrometheusReporter().render(record)
    families = list(text_string_to_metric_families(text))
    samples = [sample for family in families for sample in family.samples]
    assert all(re.fullmatch("mlgate_[a-z_]+", family.name) for family in families)
    assert all(family.type == "gauge" and family.documentation for family in families)
    assert all(math.isfinite(sample.value) for sample in samples)
    series = [(sample.name, tuple(sorted(sample.labels.items()))) for sample in samples]
    assert len(series) == len(set(series)) == sum(not line.startswith("#") for line in text.splitlines())


def test_the_verdict_and_what_was_measured() -> None:
    """One for what was decided; the value and both ends of its interval; seconds and a timestamp in seconds."""
    told = parsed(sample_record())
    assert [told["mlgate_verdict", decision] for decision in Decision] == [
        float(decision is Decision.DENIED) for decision in Decision
    ]
    assert told["mlgate_check_value", "performance.roc_auc"] == 0.741
    ends = [told[f"mlgate_check_value_{end}", "performance.roc_auc"] for end in ("low", "high")]
    assert ends == pytest.approx([0.67647, 0.79653], abs=1e-5)
    assert told["mlgate_check_failed", "performance.roc_auc"] == 1
    assert told["mlgate_checks", "failed"] == 2
    assert told["mlgate_trust_overrides", ""] == 1
    assert told["mlgate_run_duration_seconds", ""] == 3.2
    assert told["mlgate_run_start_timestamp_seconds", ""] == 1_795_509_000.25  # date -d 2026-11-24T08:30:00.25Z +%s


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [(50.0, "ms", (0.05, "s")), (5.0, "%", (0.05, "1")), (2.0, "MiB", (2_097_152.0, "B")), (7.0, "EUR", (7.0, "EUR"))],
)
def test_numbers_are_in_prometheus_base_units(value: float, unit: str, told: tuple[float, str]) -> None:
    """Seconds, bytes and shares of one, as its naming page asks; what has no base unit stays, and the label says so."""
    run = CheckRun("load.latency", RunStatus.MEASURED, 0.1, Measurement(Estimate(value, 9), unit))
    record = replace(sample_record(), results=(Result(run, Outcome.PASSED, Level.ENFORCE, None, ""),))
    (sample,) = (
        sample
        for family in text_string_to_metric_families(PrometheusReporter().render(record))
        for sample in family.samples
        if sample.name == "mlgate_check_value"
    )
    assert sample.value == pytest.approx(told[0])
    assert sample.labels["unit"] == told[1]


def test_a_name_reads_back_as_it_was_written() -> None:
    """Quotes, backslashes and line feeds are escaped by the format's rules."""
    for name in ('lo"a\\n\n', HOSTILE[2]):
        facts = sample_record().facts
        assert facts.candidate is not None
        record = replace(sample_record(), facts=replace(facts, candidate=replace(facts.candidate, name=name)))
        labels = {
            sample.labels["model"]
            for family in text_string_to_metric_families(PrometheusReporter().render(record))
            for sample in family.samples
        }
        assert labels == {name}
