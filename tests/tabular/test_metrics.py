"""Every metric equals scikit-learn's, weighted or not, overall and on slices."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import polars as pl
import pytest
from sklearn import metrics as sk

from mlgate.errors import CheckError, NotApplicable
from mlgate.tabular import Columns, PredictionKind, Predictions, ScoredTable, Table, Task, score

EXACT = 1e-9
BINNED = 1e-4
Metric = Callable[[Any, Any, Any], float]

BINARY_LABELS: dict[str, Metric] = {
    "accuracy": lambda y, p, w: sk.accuracy_score(y, p, sample_weight=w),
    "balanced_accuracy": lambda y, p, w: sk.balanced_accuracy_score(y, p, sample_weight=w),
    "precision": lambda y, p, w: sk.precision_score(y, p, sample_weight=w),
    "recall": lambda y, p, w: sk.recall_score(y, p, sample_weight=w),
    "specificity": lambda y, p, w: sk.recall_score(y, p, sample_weight=w, pos_label=0),
    "f1": lambda y, p, w: sk.f1_score(y, p, sample_weight=w),
    "mcc": lambda y, p, w: sk.matthews_corrcoef(y, p, sample_weight=w),
}
BINARY_SCORES: dict[str, Metric] = {
    "log_loss": lambda y, s, w: sk.log_loss(y, s, sample_weight=w),
    "brier": lambda y, s, w: sk.brier_score_loss(y, s, sample_weight=w),
}
BINARY_RANKS: dict[str, Metric] = {
    "roc_auc": lambda y, s, w: sk.roc_auc_score(y, s, sample_weight=w),
    "average_precision": lambda y, s, w: sk.average_precision_score(y, s, sample_weight=w),
    "ks": lambda y, s, w: max(abs(np.subtract(*sk.roc_curve(y, s, sample_weight=w)[:2]))),
}
AVERAGES = ("macro", "micro", "weighted")


def averaged(function: Callable[..., float], average: str, y: Any, p: Any, w: Any) -> float:
    """scikit-learn's metric with that average over classes."""
    return function(y, p, average=average, sample_weight=w)


MANY_LABELS: dict[str, Metric] = {
    "accuracy": lambda y, p, w: sk.accuracy_score(y, p, sample_weight=w),
    "balanced_accuracy": lambda y, p, w: sk.balanced_accuracy_score(y, p, sample_weight=w),
    **{f"{average}_f1": partial(averaged, sk.f1_score, average) for average in AVERAGES},
    **{f"{average}_recall": partial(averaged, sk.recall_score, average) for average in AVERAGES},
}
MANY_SCORES: dict[str, Metric] = {
    "log_loss": lambda y, s, w: sk.log_loss(y, s, sample_weight=w),
    "roc_auc_ovr": lambda y, s, w: float(
        np.mean([sk.roc_auc_score(y == k, s[:, k], sample_weight=w) for k in range(s.shape[1])])
    ),
    "top_k": lambda y, s, w: sk.top_k_accuracy_score(y, s, k=2, sample_weight=w),
}
NUMBERS: dict[str, Metric] = {
    "mae": lambda y, p, w: sk.mean_absolute_error(y, p, sample_weight=w),
    "rmse": lambda y, p, w: sk.root_mean_squared_error(y, p, sample_weight=w),
    "r2": lambda y, p, w: sk.r2_score(y, p, sample_weight=w),
    "mape": lambda y, p, w: sk.mean_absolute_percentage_error(y, p, sample_weight=w),
    "quantile_loss": lambda y, p, w: sk.mean_pinball_loss(y, p, sample_weight=w, alpha=0.5),
    "bias": lambda y, p, w: float(np.average(p - y, weights=w)),
}


class Case:
    """Rows with a group, a weight and what a model said of them."""

    def __init__(self, kind: str, rows: int, ties: bool, weighted: bool) -> None:
        rng = np.random.default_rng(7)
        self.group = rng.choice(["a", "b", "c"], rows, p=[0.6, 0.3, 0.1])
        self.weight = rng.uniform(0.2, 3.0, rows) if weighted else None
        if kind == "binary":
            self.label = (rng.random(rows) < 0.3).astype(int)
            raw = 1 / (1 + np.exp(-(rng.normal(size=rows) + 1.2 * self.label - 0.8)))
            self.said = np.round(raw, 2) if ties else raw
            self.given = Predictions.scores(self.said, (1,))
        elif kind == "many":
            self.label = rng.integers(0, 4, rows)
            raw = rng.gamma(1.0, size=(rows, 4)) + 1.5 * np.eye(4)[self.label] * rng.random((rows, 1))
            self.said = raw / raw.sum(axis=1, keepdims=True)
            self.given = Predictions(PredictionKind.SCORES, self.said, (0, 1, 2, 3))
        else:
            self.label = rng.gamma(2.0, 10.0, rows) + 1
            self.said = self.label * rng.uniform(0.7, 1.4, rows)
            self.given = Predictions(PredictionKind.VALUES, self.said, None)

    def scored(self) -> ScoredTable:
        data = pl.DataFrame({"y": self.label, "group": self.group})
        if self.weight is not None:
            data = data.with_columns(pl.Series("w", self.weight))
        columns = Columns(label="y", weight="w" if self.weight is not None else None, slices=(("group",),))
        return score(Table.of(data), columns, None, self.given)

    def truth(self, metric: Metric, said: Any, keep: Any = slice(None)) -> float:
        weight = None if self.weight is None else self.weight[keep]
        return float(metric(self.label[keep], said[keep], weight))


weighings = pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])


def agree(case: Case, name: str, metric: Metric, said: Any, bound: float) -> None:
    """Overall, and on every slice."""
    scored = case.scored()
    assert scored.metric(name).value == pytest.approx(case.truth(metric, said), abs=bound)
    slices = scored.by_slice(name, ("group",))
    assert [each.slice for each in slices] == [{"group": value} for value in "abc"]
    for each in slices:
        keep = case.group == each.slice["group"]
        assert each.estimate.value == pytest.approx(case.truth(metric, said, keep), abs=bound)
        assert each.estimate.n == keep.sum()


class TestBinary:
    @weighings
    @pytest.mark.parametrize("name", BINARY_LABELS)
    def test_decisions(self, name: str, weighted: bool) -> None:
        """Exact, at a threshold of 0.5."""
        case = Case("binary", 3000, False, weighted)
        agree(case, name, BINARY_LABELS[name], (case.said >= 0.5).astype(int), EXACT)

    @weighings
    @pytest.mark.parametrize("name", BINARY_SCORES)
    def test_probabilities(self, name: str, weighted: bool) -> None:
        """Exact: losses are summed row by row."""
        case = Case("binary", 3000, False, weighted)
        agree(case, name, BINARY_SCORES[name], case.said, EXACT)

    @weighings
    @pytest.mark.parametrize("name", BINARY_RANKS)
    def test_ranks_with_few_distinct_scores_are_exact(self, name: str, weighted: bool) -> None:
        """A hundred distinct scores are a hundred bins."""
        case = Case("binary", 3000, True, weighted)
        agree(case, name, BINARY_RANKS[name], case.said, EXACT)

    @weighings
    @pytest.mark.parametrize("rows", [20_000, 300_000])
    @pytest.mark.parametrize("name", BINARY_RANKS)
    def test_ranks_of_many_scores_are_within_their_bound(self, name: str, rows: int, weighted: bool) -> None:
        """Bins lose less than 1e-4, overall and per slice."""
        case = Case("binary", rows, False, weighted)
        agree(case, name, BINARY_RANKS[name], case.said, BINNED)

    def test_a_threshold_and_a_rate(self) -> None:
        """A rate is the threshold at which that share of the rows is positive."""
        case = Case("binary", 3000, False, False)
        scored = case.scored()
        for threshold in (0.2, 0.7):
            truth = sk.precision_score(case.label, case.said >= threshold)
            assert scored.metric("precision", threshold=threshold).value == pytest.approx(truth, abs=EXACT)
        assert scored.metric("selection_rate", rate=0.1).value == pytest.approx(0.1, abs=EXACT)
        cut = np.sort(case.said)[-300]
        assert scored.metric("recall", rate=0.1).value == pytest.approx(
            sk.recall_score(case.label, case.said >= cut), abs=EXACT
        )

    def test_calibration_is_a_logistic_regression_on_the_logit(self) -> None:
        """Slope and intercept equal scikit-learn's unpenalised fit."""
        from sklearn.linear_model import LogisticRegression

        case = Case("binary", 5000, False, False)
        logit = np.log(case.said / (1 - case.said)).reshape(-1, 1)
        fitted = LogisticRegression(C=np.inf, tol=1e-10, max_iter=500).fit(logit, case.label)
        scored = case.scored()
        assert scored.metric("calibration_slope").value == pytest.approx(fitted.coef_[0, 0], abs=1e-4)
        assert scored.metric("calibration_intercept").value == pytest.approx(fitted.intercept_[0], abs=1e-4)

    def test_calibration_of_many_rows_loses_little_on_its_grid(self) -> None:
        """Beyond 20,000 rows logits are put on a grid of 0.002: under 1e-4 of slope."""
        from sklearn.linear_model import LogisticRegression

        case = Case("binary", 60_000, False, False)
        logit = np.log(case.said / (1 - case.said)).reshape(-1, 1)
        fitted = LogisticRegression(C=np.inf, tol=1e-10, max_iter=500).fit(logit, case.label)
        assert case.scored().metric("calibration_slope").value == pytest.approx(fitted.coef_[0, 0], abs=1e-4)

    def test_expected_calibration_error_is_the_published_sum(self) -> None:
        """Sum over 15 bins of equal width of share x |mean score - share of positives| (Guo et al. 2017)."""
        case = Case("binary", 3000, False, False)
        bins = np.minimum((case.said * 15).astype(int), 14)
        by_hand = sum(
            (bins == b).mean() * abs(case.said[bins == b].mean() - case.label[bins == b].mean())
            for b in range(15)
            if (bins == b).any()
        )
        assert case.scored().metric("ece").value == pytest.approx(by_hand, abs=EXACT)

    def test_labels_alone_are_enough_for_decisions_and_no_more(self) -> None:
        """A model without scores is measured by its decisions; a ranking is refused with the way out."""
        case = Case("binary", 500, False, False)
        said = (case.said >= 0.5).astype(int)
        given = Predictions(PredictionKind.LABELS, said, None)
        scored = score(Table.of(pl.DataFrame({"y": case.label})), Columns(label="y"), Task.BINARY, given)
        assert scored.metric("f1").value == pytest.approx(sk.f1_score(case.label, said), abs=EXACT)
        with pytest.raises(CheckError) as caught:
            scored.metric("roc_auc")
        assert str(caught.value) == (
            "roc_auc needs scores, and the candidate gives labels alone. "
            "Serve its probabilities (predict_proba), or ask for a metric of labels, such as accuracy."
        )

    def test_a_metric_without_a_value_is_said_and_never_nan(self) -> None:
        """Nobody predicted positive: precision is not 0 and not NaN, it is not defined."""
        case = Case("binary", 500, False, False)
        with pytest.raises(NotApplicable, match="precision is not defined here: no row is predicted positive"):
            case.scored().metric("precision", threshold=1.5)


class TestManyClasses:
    @weighings
    @pytest.mark.parametrize("name", MANY_LABELS)
    def test_decisions(self, name: str, weighted: bool) -> None:
        """Averages over classes are scikit-learn's."""
        case = Case("many", 3000, False, weighted)
        agree(case, name, MANY_LABELS[name], case.said.argmax(axis=1), EXACT)

    @weighings
    @pytest.mark.parametrize("name", MANY_SCORES)
    def test_scores(self, name: str, weighted: bool) -> None:
        """Losses exactly, one-vs-rest ranks within the bound of bins."""
        case = Case("many", 3000, False, weighted)
        agree(case, name, MANY_SCORES[name], case.said, BINNED if name == "roc_auc_ovr" else EXACT)

    def test_k_of_top_k(self) -> None:
        """The option reaches the metric."""
        case = Case("many", 2000, False, False)
        truth = sk.top_k_accuracy_score(case.label, case.said, k=3)
        assert case.scored().metric("top_k", k=3).value == pytest.approx(truth, abs=EXACT)


class TestNumbers:
    @weighings
    @pytest.mark.parametrize("name", NUMBERS)
    def test_errors(self, name: str, weighted: bool) -> None:
        """Exact, on all rows and on slices."""
        case = Case("numbers", 3000, False, weighted)
        agree(case, name, NUMBERS[name], case.said, 1e-8)

    def test_a_quantile(self) -> None:
        """The pinball loss of another quantile."""
        case = Case("numbers", 2000, False, False)
        truth = sk.mean_pinball_loss(case.label, case.said, alpha=0.9)
        assert case.scored().metric("quantile_loss", quantile=0.9).value == pytest.approx(truth, abs=1e-8)

    def test_coverage_of_given_intervals(self) -> None:
        """The share of labels between two columns of the table."""
        case = Case("numbers", 1000, False, False)
        data = pl.DataFrame({"y": case.label, "lo": case.said * 0.9, "hi": case.said * 1.2})
        scored = score(Table.of(data), Columns(label="y"), None, case.given)
        truth = ((case.label >= case.said * 0.9) & (case.label <= case.said * 1.2)).mean()
        assert scored.metric("coverage", low="lo", high="hi").value == pytest.approx(truth, abs=EXACT)

    def test_a_percentage_error_of_nothing_is_refused(self) -> None:
        """A label of 0 has no percentage error, and the first such row is named."""
        given = Predictions(PredictionKind.VALUES, np.array([1.0, 2.0, 3.0]), None)
        scored = score(Table.of(pl.DataFrame({"y": [1.5, 0.0, 2.5]})), Columns(label="y"), Task.REGRESSION, given)
        with pytest.raises(
            CheckError,
            match=r"mape is not defined where the label is 0: 1 rows, the first is row 1 \(rows count from 0\)\.",
        ):
            scored.metric("mape")
