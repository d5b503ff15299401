"""Binary metrics on Adult against scikit-learn: overall, per slice, and of the champion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.stats import ks_2samp
from sklearn import metrics

from mlgate import Check, CheckError, ModelError, NotApplicable
from mlgate.tabular import Columns, Predictions, ScoredTable

Oracle = Callable[[NDArray[Any], NDArray[Any]], float]
EXACT, BINNED = 1e-9, 1e-4
JUDGED = Columns(label="income", positive=">50K")


def at(threshold: float, metric: Callable[..., float]) -> Oracle:
    """A metric of decisions at a threshold."""
    return lambda label, score: metric(label, score >= threshold)


@dataclass(frozen=True)
class Case:
    """A check with its options, and what scikit-learn says."""

    check: str
    oracle: Oracle
    tolerance: float = EXACT
    threshold: float | None = None

    @property
    def options(self) -> dict[str, float]:
        return {} if self.threshold is None else {"threshold": self.threshold}

    def __str__(self) -> str:
        return self.check if self.threshold is None else f"{self.check} at {self.threshold}"


@dataclass(frozen=True)
class People:
    """The judged half of Adult: its rows, labels, and the scores of both models."""

    frame: pd.DataFrame
    label: NDArray[np.int64]
    candidate: NDArray[np.float64]
    champion: NDArray[np.float64]


CASES = (
    Case("accuracy", at(0.5, metrics.accuracy_score)),
    Case("accuracy", at(0.3, metrics.accuracy_score), threshold=0.3),
    Case("balanced_accuracy", at(0.5, metrics.balanced_accuracy_score)),
    Case("precision", at(0.5, metrics.precision_score)),
    Case("precision", at(0.3, metrics.precision_score), threshold=0.3),
    Case("recall", at(0.5, metrics.recall_score)),
    Case("recall", at(0.3, metrics.recall_score), threshold=0.3),
    Case("f1", at(0.5, metrics.f1_score)),
    Case("mcc", at(0.5, metrics.matthews_corrcoef)),
    Case("log_loss", metrics.log_loss),
    Case("brier", metrics.brier_score_loss),
    Case("roc_auc", metrics.roc_auc_score, BINNED),
    Case("average_precision", metrics.average_precision_score, BINNED),
    Case("ks", lambda label, score: float(ks_2samp(score[label == 1], score[label == 0]).statistic), 5e-3),
)
EVERY = pytest.mark.parametrize("case", CASES, ids=str)


@pytest.fixture(scope="module")
def people(boosting: Any, logistic: Any, adult: tuple[pd.DataFrame, pd.DataFrame], truth: NDArray[np.int64]) -> People:
    """What both models say."""
    candidate, champion = (model.predict_proba(adult[1])[:, 1] for model in (boosting, logistic))
    return People(adult[1], truth, candidate, champion)


@EVERY
def test_the_number_is_scikit_learn_s(
    case: Case, checks: dict[str, Check], income: ScoredTable, people: People
) -> None:
    """On all rows, and inside its own interval."""
    estimate = checks[f"performance.{case.check}"](income, **case.options).estimate
    assert estimate is not None
    assert estimate.n == len(people.label)
    assert estimate.value == pytest.approx(case.oracle(people.label, people.candidate), abs=case.tolerance)
    interval = estimate.interval(0.95)
    assert interval.low < estimate.value < interval.high


@EVERY
def test_the_champion_s_number_and_the_difference_are_scikit_learn_s(
    case: Case, checks: dict[str, Check], income: ScoredTable, people: People
) -> None:
    """Candidate minus champion, on the same rows."""
    comparison = checks[f"performance.{case.check}"](income, **case.options).comparison
    here, there = (case.oracle(people.label, score) for score in (people.candidate, people.champion))
    assert comparison is not None
    assert comparison.champion.value == pytest.approx(there, abs=case.tolerance)
    assert comparison.difference.value == pytest.approx(here - there, abs=2 * case.tolerance)


@EVERY
def test_each_slice_is_scikit_learn_s_on_the_subset(
    case: Case, checks: dict[str, Check], income: ScoredTable, people: People
) -> None:
    """Every value of `sex`, and every cross of `race` and `sex`, with enough rows for a close look."""
    slices = checks[f"performance.{case.check}"](income, **case.options).slices
    assert {"sex=Male", "sex=Female", "race=Black, sex=Female"} <= {each.name for each in slices}
    for each in slices:
        keep = np.logical_and.reduce([people.frame[column] == value for column, value in each.slice.items()])
        assert each.estimate.n == keep.sum()
        if each.estimate.n >= 200:
            expected = case.oracle(people.label[keep], people.candidate[keep])
            assert each.estimate.value == pytest.approx(expected, abs=2 * case.tolerance)


def test_a_fixed_rate_flags_the_highest_scores(checks: dict[str, Check], income: ScoredTable, people: People) -> None:
    """Precision and recall of the top tenth, counted by hand."""
    flagged = np.argsort(-people.candidate, kind="stable")[: len(people.label) // 10]
    for name, expected in (
        ("precision", people.label[flagged].mean()),
        ("recall", people.label[flagged].sum() / people.label.sum()),
    ):
        estimate = checks[f"performance.{name}"](income, rate=0.1).estimate
        assert estimate is not None
        assert estimate.value == pytest.approx(expected, abs=0.005)


def test_the_support_is_the_metric_s_own_denominator(
    checks: dict[str, Check], income: ScoredTable, people: People
) -> None:
    """The positives of a recall, the flagged rows of a precision."""
    recall, precision = checks["performance.recall"](income), checks["performance.precision"](income)
    assert recall.estimate is not None
    assert precision.estimate is not None
    assert recall.estimate.support == people.label.sum()
    assert precision.estimate.support == (people.candidate >= 0.5).sum()


def test_a_metric_of_another_task_does_not_apply(checks: dict[str, Check], income: ScoredTable) -> None:
    """Two classes have no rmse and no macro F1."""
    for name in ("rmse", "mae", "r2", "macro_f1", "roc_auc_ovr", "top_k"):
        with pytest.raises(NotApplicable):
            checks[f"performance.{name}"](income)


def test_the_expected_calibration_error_is_the_gap_of_its_own_curve(
    checks: dict[str, Check], income: ScoredTable, people: People
) -> None:
    """The weighted distance between mean score and share of positives over the bins of the record."""
    measurement = checks["performance.calibration"](income)
    curve = measurement.data["curve"]
    assert isinstance(curve, dict)
    predicted, observed, rows = (np.array(curve[key], dtype=float) for key in ("predicted", "observed", "rows"))
    assert measurement.estimate is not None
    assert rows.sum() == len(people.label)
    assert np.average(predicted, weights=rows) == pytest.approx(people.candidate.mean(), abs=1e-6)
    assert measurement.estimate.value == pytest.approx(np.average(abs(predicted - observed), weights=rows), abs=1e-6)


@pytest.mark.parametrize("of", ["", "_of_champion"])
def test_the_curves_of_the_record_hold_the_areas_that_were_measured(
    of: str, checks: dict[str, Check], income: ScoredTable
) -> None:
    """The candidate's and the champion's: under the ROC curve lies the AUC, under the other the average precision."""
    for name, x, y in (
        ("roc", "false_positive_rate", "true_positive_rate"),
        ("precision_recall", "recall", "precision"),
    ):
        check = "roc_auc" if name == "roc" else "average_precision"
        measurement = checks[f"performance.{check}"](income)
        assert measurement.estimate is not None
        assert measurement.comparison is not None
        curve = measurement.data[name + of]
        assert isinstance(curve, dict)
        assert len(np.array(curve[x])) <= 100
        area = np.trapezoid(np.array(curve[y], dtype=float), np.array(curve[x], dtype=float))
        measured = measurement.comparison.champion if of else measurement.estimate
        assert measured.value == pytest.approx(area, abs=0.005)


def test_slope_and_intercept_are_those_of_a_logistic_regression_on_the_logit(
    checks: dict[str, Check], income: ScoredTable, people: People
) -> None:
    """scikit-learn's unpenalized fit of the label on the logit of the score."""
    from sklearn.linear_model import LogisticRegression

    logit = np.log(people.candidate / (1 - people.candidate))[:, None]
    fit = LogisticRegression(C=np.inf, tol=1e-10).fit(logit, people.label)
    parts = {part.name: part.estimate for part in checks["performance.calibration"](income).parts}
    assert parts["slope"].value == pytest.approx(fit.coef_[0, 0], abs=0.01)
    assert parts["slope"].interval(0.95).low < fit.coef_[0, 0] < parts["slope"].interval(0.95).high
    assert parts["intercept"].value == pytest.approx(fit.intercept_[0], abs=0.05)


def test_a_model_of_labels_alone_is_measured_by_what_labels_allow(
    checks: dict[str, Check], people: People, scorer: Any
) -> None:
    """Metrics of scores do not apply; the primary metric is the balanced accuracy, the area under its one point."""
    columns = Columns(label="income", positive=">50K")
    said = [
        Predictions.labels(np.where(scores >= 0.5, ">50K", "<=50K")) for scores in (people.candidate, people.champion)
    ]
    scored = scorer(people.frame, columns, *said)
    for check, metric in (("roc_auc", "roc_auc"), ("log_loss", "log_loss"), ("calibration", "This check")):
        with pytest.raises(NotApplicable, match=f"^{metric} needs scores, and the candidate gives labels alone"):
            checks[f"performance.{check}"](scored)
    measurement = checks["performance.vs_champion"](scored)
    assert measurement.data["metric"] == "balanced_accuracy"
    assert measurement.estimate is not None
    assert measurement.estimate.value == pytest.approx(metrics.roc_auc_score(people.label, people.candidate >= 0.5))
    assert checks["performance.baseline"](scored).data["metric"] == "balanced_accuracy"


def test_scores_that_do_not_add_up_are_ranked_with_a_doubt_and_never_read(
    people: People, checks: dict[str, Check], scorer: Callable[..., ScoredTable]
) -> None:
    """Row 3 is the first whose scores are not one: scikit-learn's own tolerance lets 1e-5 pass in 32-bit floats."""
    scores = np.column_stack((1 - people.candidate, people.candidate))
    scores[:3] += 5e-6
    assert scorer(people.frame, JUDGED, Predictions.scores(scores, ("<=50K", ">50K"))).doubts == ()
    scores[3] = (0.9, 0.85)
    scored = scorer(people.frame, JUDGED, Predictions.scores(scores, ("<=50K", ">50K")))
    (doubt,) = scored.doubts
    assert doubt.startswith("In doubt: the scores that the candidate gives row 3 add up to 1.75, not to 1 (1 of")
    assert checks["performance.roc_auc"](scored).estimate is not None
    for check in ("log_loss", "brier", "ece", "calibration"):
        with pytest.raises(
            ModelError, match="Probabilities are needed here, and the scores that the candidate gives row 3 add"
        ):
            checks[f"performance.{check}"](scored)


def test_scores_beyond_0_and_1_are_ranked_and_calibration_has_no_number_for_them(
    people: People, checks: dict[str, Check], scorer: Callable[..., ScoredTable]
) -> None:
    """What a decision function gives is lawful: metrics of probabilities that nobody asked for do not apply to it."""
    logits = np.log(people.candidate / (1 - people.candidate))
    scored = scorer(people.frame, JUDGED, Predictions.scores(np.column_stack((-logits, logits)), ("<=50K", ">50K")))
    auc = checks["performance.roc_auc"](scored).estimate
    assert auc is not None
    assert auc.value == pytest.approx(metrics.roc_auc_score(people.label, logits), abs=BINNED)
    with pytest.raises(NotApplicable, match="Probabilities are needed here, and the candidate gives row 0 a score of"):
        checks["performance.log_loss"](scored)
    with pytest.raises(CheckError, match="Probabilities are needed here, and the candidate gives row 0 a score of"):
        checks["performance.calibration"](scored)
