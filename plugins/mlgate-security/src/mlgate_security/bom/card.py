"""The model card: what was measured, as CycloneDX writes it; numbers are strings there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlgate import Estimate, Json, Record
from mlgate_security.plain_text import line

_FAMILIES = ("performance.", "fairness.", "robustness.")


def model_card(record: Record, listed: Mapping[str, Any]) -> Json:
    """Parameters from the MLmodel, metrics with their intervals from the record, the tables by their digests."""
    card: dict[str, Json] = {
        "modelParameters": {
            "datasets": [*_datasets(record)],
            "inputs": _side(listed, "inputs"),
            "outputs": _side(listed, "outputs"),
        },
        "quantitativeAnalysis": {"performanceMetrics": [*_metrics(record)]},
    }
    flavours = listed.get("flavours")
    if isinstance(flavours, list) and flavours:
        card["properties"] = [{"name": "mlflow:flavour", "value": line(str(each))} for each in flavours]
    return card


def _metrics(record: Record) -> Iterator[Json]:
    confidence = record.facts.gate.confidence
    for result in record.results:
        measured = result.run.measurement
        if measured is None or result.void is not None or not result.check.startswith(_FAMILIES):
            continue
        if measured.estimate is not None:
            yield _metric(result.check, "all rows", measured.estimate, confidence)
        for part in measured.slices:
            yield _metric(result.check, part.name, part.estimate, confidence)


def _metric(check: str, part: str, estimate: Estimate, confidence: float) -> Json:
    told: dict[str, Json] = {"type": line(check), "value": repr(float(estimate.value)), "slice": line(part)}
    if estimate.spread is not None:
        drawn = estimate.interval(confidence)
        told["confidenceInterval"] = {"lowerBound": repr(float(drawn.low)), "upperBound": repr(float(drawn.high))}
    return told


def _datasets(record: Record) -> Iterator[Json]:
    for name, table in record.facts.data.items():
        described = f"{table.rows:,} rows, " if table.rows is not None else ""
        yield {
            "type": "dataset",
            "name": line(name),
            "description": line(f"{table.uri}: {described}digest {table.digest or 'unknown'}"),
        }


def _side(listed: Mapping[str, Any], side: str) -> Json:
    signature = listed.get("signature")
    text = signature.get(side) if isinstance(signature, dict) else None
    return [{"format": line(text, longest=20_000)}] if isinstance(text, str) else []
