"""`security.sbom` and the report `cyclonedx`, held by CycloneDX's own schema."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from math import exp, log
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT7

from mlgate import Measurement, Record, Severity
from mlgate.testing import HOSTILE, hostile_record, measure, sample_record
from mlgate_security.bom.check import sbom
from mlgate_security.bom.reporter import CycloneDxReporter

SCHEMAS = {path.name: json.loads(path.read_text("utf-8")) for path in Path(__file__).parent.glob("schemas/*.json")}
BOM = SCHEMAS["bom-1.6.SNAPSHOT.schema.json"]


def drawn(record: Record) -> dict[str, Any]:
    """The bill, accepted by the schema, formats included."""
    bill: dict[str, Any] = json.loads(CycloneDxReporter().render(record))
    resources = [(schema["$id"], DRAFT7.create_resource(schema)) for schema in SCHEMAS.values()]
    registry: Registry[Any] = Registry().with_resources(resources)
    validator = Draft7Validator(BOM, registry=registry, format_checker=FormatChecker())
    assert [(list(error.path), error.message) for error in validator.iter_errors(bill)] == []
    return bill


def with_bill(record: Record, measured: Measurement) -> Record:
    """The record with this measurement of `security.sbom` in place of its first check."""
    first, *rest = record.results
    run = dataclasses.replace(first.run, check="security.sbom", measurement=measured)
    return dataclasses.replace(record, results=(dataclasses.replace(first, run=run), *rest))


def test_the_bill_lists_the_packages_and_the_card_what_was_measured(model: Callable[..., Any]) -> None:
    """Numbers are strings, with their interval at the gate's confidence; the digest is the model's."""
    bill = drawn(with_bill(sample_record(), measure(sbom, candidate=model())))
    assert [each["purl"] for each in bill["components"]] == ["pkg:pypi/numpy@2.4.6", "pkg:pypi/scipy@1.17.1"]
    component = bill["metadata"]["component"]
    assert (component["type"], component["name"], component["version"]) == ("machine-learning-model", "income", "7")
    assert component["hashes"] == [{"alg": "SHA-256", "content": "7a" * 32}]
    metrics = component["modelCard"]["quantitativeAnalysis"]["performanceMetrics"]
    auc = next(each for each in metrics if each["type"] == "performance.roc_auc" and each["slice"] == "all rows")
    assert auc["value"] == "0.741"
    logit, half = log(0.741 / 0.259), 1.959964 * 0.16  # the sample's standard error, on the scale of log odds
    expected = {"lowerBound": 1 / (1 + exp(half - logit)), "upperBound": 1 / (1 + exp(-half - logit))}
    assert {side: float(value) for side, value in auc["confidenceInterval"].items()} == pytest.approx(expected)
    assert {each["slice"] for each in metrics} >= {"all rows", "sex=female", "sex=male"}
    assert component["modelCard"]["modelParameters"]["inputs"][0]["format"].startswith('[{"type": "double"')


@pytest.mark.parametrize("record", [sample_record, hostile_record])
def test_the_schema_accepts_a_bill_without_a_list(record: Callable[[], Record]) -> None:
    """Whatever the record holds; a run without the check has no packages."""
    assert drawn(record())["components"] == []


def test_the_same_record_makes_the_same_bill() -> None:
    """The serial number is the run's."""
    assert CycloneDxReporter().render(sample_record()) == CycloneDxReporter().render(sample_record())


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_of_packages_stay_text(text: str) -> None:
    """The list comes from the model's own files."""
    listed = Measurement.exact(0, n=1)
    data: dict[str, Any] = {
        "components": [{"name": text, "version": text, "licence": text}],
        "flavours": [text],
        "signature": {"inputs": text},
    }
    record = with_bill(sample_record(), dataclasses.replace(listed, data=data))
    assert CycloneDxReporter().render(record).isascii()
    assert len(drawn(record)["components"]) == 1


def test_what_cant_be_listed_is_a_finding_at_its_line(model: Callable[..., Any]) -> None:
    """A range is no component."""
    measured = measure(sbom, candidate=model({"requirements.txt": "numpy==2.4.6\npandas>=2\n"}))
    (finding,) = measured.findings
    assert (finding.severity, finding.location and finding.location.line) == (Severity.MEDIUM, 2)
    assert measured.estimate is not None
    assert measured.estimate.value == 1.0
