"""One run as Prometheus' text format, for a Pushgateway or node_exporter's textfile collector."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from mlgate.reports.exposition import Family, check_families, exposition
from mlgate.reports.standing import Standing, standing
from mlgate.results import Decision, Record


@dataclass(frozen=True, slots=True)
class PrometheusReporter:
    """Draws the verdict, and what each check measured, as gauges."""

    def render(self, record: Record) -> str:
        """The text; what changes with every run is a label of `mlgate_run_info` alone, so that series go on."""
        return exposition((*_run(record), *check_families(record, _model(record))))


def _model(record: Record) -> dict[str, str]:
    """A registered model by name and version, another one by its URI."""
    candidate = record.facts.candidate
    if candidate is None:
        return {"model": "", "version": ""}
    return {"model": candidate.name or candidate.uri, "version": candidate.version or ""}


def _run(record: Record) -> Iterator[Family]:
    facts, verdict, model = record.facts, record.verdict, _model(record)
    decisions = _one_of({each.value: each is verdict.decision for each in Decision}, model, "decision")
    yield Family("mlgate_run_info", "gauge", "The run that these numbers are of.", ((_about(record, model), 1.0),))
    yield Family("mlgate_verdict", "gauge", "1 for what was decided, 0 for what was not.", decisions)
    exit_code = ((model, float(verdict.exit_code)),)
    yield Family("mlgate_exit_code", "gauge", "The exit code of the run; 0 is allowed.", exit_code)
    complete = ((model, float(record.complete)),)
    yield Family("mlgate_run_complete", "gauge", "Whether every planned check was measured.", complete)
    started = ((model, datetime.fromisoformat(facts.started).timestamp()),)
    yield Family("mlgate_run_start_timestamp_seconds", "gauge", "When the run began.", started)
    yield Family("mlgate_run_duration_seconds", "gauge", "How long the run took.", ((model, record.seconds),))
    passed = ((model, float(sum(len(each.overrides) for each in facts.trust))),)
    yield Family(
        "mlgate_trust_overrides", "gauge", "How many things were let pass because somebody trusts a model.", passed
    )
    held = [standing(result) for result in record.results]
    counted = tuple(({**model, "standing": each}, float(held.count(each))) for each in Standing)
    yield Family("mlgate_checks", "gauge", "How many checks stand how.", counted)


def _one_of(
    states: Mapping[str, bool], labels: Mapping[str, str], name: str
) -> tuple[tuple[Mapping[str, str], float], ...]:
    return tuple(({**labels, name: state}, float(holds)) for state, holds in states.items())


def _about(record: Record, model: Mapping[str, str]) -> dict[str, str]:
    facts = record.facts
    return {
        **model,
        "run": facts.id,
        "mlgate": facts.mlgate,
        "candidate_digest": (facts.candidate.digest if facts.candidate else None) or "",
        "champion": facts.champion.uri if facts.champion else "",
        "gate_digest": facts.gate.digest or "",
    }
