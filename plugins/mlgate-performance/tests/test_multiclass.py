"""Metrics of three classes on penguins against scikit-learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from mlgate import Check, NotApplicable
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score

CLASSES = ("Adelie", "Chinstrap", "Gentoo")


def of_labels(metric: Callable[..., float], **options: Any) -> Callable[[Any, Any], float]:
    """A metric of the class with the highest score."""
    return lambda label, scores: metric(label, np.array(CLASSES)[scores.argmax(axis=1)], **options)


ORACLES: dict[str, tuple[Callable[[Any, Any], float], float]] = {
    "accuracy": (of_labels(metrics.accuracy_score), 1e-9),
    "balanced_accuracy": (of_labels(metrics.balanced_accuracy_score), 1e-9),
    "macro_f1": (of_labels(metrics.f1_score, average="macro"), 1e-9),
    "micro_f1": (of_labels(metrics.f1_score, average="micro"), 1e-9),
    "weighted_f1": (of_labels(metrics.f1_score, average="weighted"), 1e-9),
    "macro_recall": (of_labels(metrics.recall_score, average="macro"), 1e-9),
    "micro_recall": (of_labels(metrics.recall_score, average="micro"), 1e-9),
    "weighted_recall": (of_labels(metrics.recall_score, average="weighted"), 1e-9),
    "log_loss": (lambda label, scores: metrics.log_loss(label, scores, labels=CLASSES), 1e-9),
    "roc_auc_ovr": (lambda label, scores: metrics.roc_auc_score(label, scores, multi_class="ovr"), 1e-4),
    "top_k": (lambda label, scores: metrics.top_k_accuracy_score(label, scores, k=2, labels=CLASSES), 1e-9),
}


@pytest.fixture(scope="module")
def noisy(penguins: Any) -> tuple[Any, Any, ScoredTable]:
    """Labels, blurred scores that are often wrong, and the scored table: a metric of 1 would show nothing."""
    judge = penguins[1]
    rng = np.random.default_rng(3)
    right = np.eye(3)[[CLASSES.index(name) for name in judge["species"]]]
    answers = [_normal(right * 1.2 + rng.random(right.shape)) for _ in range(2)]
    columns = Columns(label="species", slices=(("island",),))
    predictions = [Predictions.scores(each, CLASSES) for each in answers]
    return judge, answers, score(Table.of(judge), columns, None, *predictions)


@pytest.mark.parametrize("name", ORACLES)
def test_the_number_is_scikit_learn_s(name: str, checks: dict[str, Check], noisy: Any) -> None:
    """Candidate, champion and difference."""
    judge, (candidate, champion), table = noisy
    oracle, tolerance = ORACLES[name]
    measurement = checks[f"performance.{name}"](table, **({"k": 2} if name == "top_k" else {}))
    here, there = oracle(judge["species"], candidate), oracle(judge["species"], champion)
    assert measurement.estimate is not None
    assert measurement.comparison is not None
    assert measurement.estimate.value == pytest.approx(here, abs=tolerance)
    assert measurement.comparison.champion.value == pytest.approx(there, abs=tolerance)
    assert measurement.comparison.difference.value == pytest.approx(here - there, abs=2 * tolerance)


@pytest.mark.parametrize("name", ["accuracy", "macro_f1", "log_loss"])
def test_each_slice_is_scikit_learn_s_on_the_subset(name: str, checks: dict[str, Check], noisy: Any) -> None:
    """On the island where all three species live, or those that do."""
    judge, (candidate, _), table = noisy
    oracle, tolerance = ORACLES[name]
    found = {each.name: each.estimate for each in checks[f"performance.{name}"](table).slices}
    assert set(found) == {"island=Biscoe", "island=Dream", "island=Torgersen"}
    keep = (judge["island"] == "Biscoe").to_numpy()
    assert found["island=Biscoe"].n == keep.sum()
    assert found["island=Biscoe"].value == pytest.approx(oracle(judge["species"][keep], candidate[keep]), abs=tolerance)


def test_a_real_model_of_three_species_is_measured(checks: dict[str, Check], species: ScoredTable) -> None:
    """A tree of depth two is right on more than nine penguins of ten."""
    estimate = checks["performance.macro_f1"](species).estimate
    assert estimate is not None
    assert estimate.value > 0.9


def test_a_binary_metric_does_not_apply(checks: dict[str, Check], species: ScoredTable) -> None:
    """Three classes have no precision of a positive one."""
    for name in ("precision", "recall", "f1", "roc_auc", "brier", "calibration"):
        with pytest.raises(NotApplicable):
            checks[f"performance.{name}"](species)


def _normal(scores: Any) -> Any:
    return scores / scores.sum(axis=1, keepdims=True)
