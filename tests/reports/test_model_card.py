"""The model card, read by Hugging Face's own library, with the sections of the paper."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from huggingface_hub import ModelCard, ModelCardData
from markdown_it import MarkdownIt

from mlgate.reports.model_card.metadata import task_of
from mlgate.reports.model_card.reporter import ModelCardReporter
from mlgate.results import CheckRun, Decision, Level, Measurement, Outcome, Record, Result, RunStatus, Verdict
from mlgate.stats import Estimate
from mlgate.testing.hostile import hostile_record
from mlgate.testing.records import sample_record

# The headings of figure 1 of Mitchell et al. 2019, in its order.
SECTIONS = [
    "Model details",
    "Intended use",
    "Factors",
    "Metrics",
    "Evaluation data",
    "Training data",
    "Quantitative analyses",
    "Ethical considerations",
    "Caveats and recommendations",
]


def empty_record() -> Record:
    """A run in which nothing ran, of no model and on no data."""
    facts = replace(sample_record().facts, candidate=None, champion=None, data={})
    return replace(sample_record(), facts=facts, results=(), verdict=Verdict(Decision.DENIED, ("nothing ran",), 5))


def read(record: Record) -> tuple[ModelCardData, str]:
    """The card's metadata and its text."""
    card = ModelCard(ModelCardReporter().render(record))
    assert isinstance(card.data, ModelCardData)
    return card.data, card.text


@pytest.mark.parametrize("record", [sample_record(), hostile_record(), empty_record()], ids=["some", "hostile", "none"])
def test_hugging_face_reads_the_metadata_and_the_paper_its_sections(record: Record) -> None:
    """Whatever the record holds: no name ends the YAML block or forges a heading."""
    data, text = read(record)
    assert "mlgate" in (data.tags or [])
    assert re.findall("^## (.*)$", text, re.MULTILINE) == SECTIONS
    assert ModelCardReporter().render(record).partition("\n---\n")[0].isascii()


def test_the_results_are_those_of_the_record() -> None:
    """Value, task, data with its digest; only what measures the model itself."""
    data, _ = read(sample_record())
    results = {each.metric_name: each for each in data.eval_results or []}
    assert set(results) == {
        "performance.roc_auc",
        "performance.accuracy",
        "performance.calibration",
        "business.revenue",
    }
    auc = results["performance.roc_auc"]
    assert (auc.metric_type, auc.metric_value, auc.task_type) == ("roc_auc", 0.741, "tabular-classification")
    assert (auc.dataset_name, auc.dataset_revision) == ("data/test.parquet", f"sha256:{'d0' * 32}")
    assert auc.metric_args is not None
    assert (auc.metric_args["low"], auc.metric_args["high"]) == pytest.approx((0.67647, 0.79653), abs=1e-5)
    assert data.model_name == "income"


def test_what_the_record_knows_stands_in_its_section_and_what_it_does_not_is_said() -> None:
    """Groups, the champion, the verdict; nothing is guessed."""
    drawn = ModelCardReporter().render(sample_record())
    sections = dict(zip(SECTIONS, re.split("^## .*$", drawn, flags=re.MULTILINE)[1:], strict=True))
    assert "- sex: 2 groups" in sections["Factors"]
    assert "Compared with: models:/income/5" in sections["Model details"]
    assert "| performance.roc\\_auc | sex=female | 0.720 \\[0.588, 0.822\\] | 95 |" in sections["Quantitative analyses"]
    assert "Verdict: denied" in sections["Caveats and recommendations"]
    assert "the owner of the model writes it" in sections["Intended use"]


def test_a_void_number_is_no_result() -> None:
    """It would be published as evidence."""
    results = tuple(replace(each, void="data.leak failed") for each in sample_record().results)
    data, text = read(replace(sample_record(), results=results))
    assert not data.eval_results
    assert "performance.roc\\_auc is no evidence: data.leak failed" in text


@pytest.mark.parametrize(
    ("check", "task"),
    [("performance.rmse", "tabular-regression"), ("performance.mcc", "tabular-classification"), ("own.x", "other")],
)
def test_the_task_is_told_by_what_could_be_measured(check: str, task: str) -> None:
    """In Hugging Face's words."""
    run = CheckRun(check, RunStatus.MEASURED, 0.1, Measurement(Estimate(1.0, 9)))
    record = replace(sample_record(), results=(Result(run, Outcome.PASSED, Level.ENFORCE, None, ""),))
    assert task_of(record) == task
    assert [each.task_type for each in read(record)[0].eval_results or []] == [task]


def test_no_markup_comes_from_the_record() -> None:
    """No HTML, link or image."""
    text = ModelCardReporter().render(hostile_record()).partition("\n---\n")[2]
    found = MarkdownIt("commonmark", {"html": True}).enable(["table"]).parse(text)
    kinds = {child.type for token in found for child in (token, *(token.children or ()))}
    assert not kinds & {"html_inline", "html_block", "link_open", "image", "fence", "code_block", "strong_open"}
