"""Point values are fairlearn's on real tables: every metric, both methods, weighted and not, crossed and not."""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import fairlearn.metrics as fairlearn
import numpy as np
import pytest
from sklearn import metrics as sklearn

from mlgate import Check, Measurement
from mlgate.tabular import ScoredTable
from mlgate.testing import measure

METHODS = ("between_groups", "to_overall")
FUNCTIONS = {
    "demographic_parity_difference": fairlearn.demographic_parity_difference,
    "demographic_parity_ratio": fairlearn.demographic_parity_ratio,
    "equal_opportunity_difference": fairlearn.equal_opportunity_difference,
    "equalized_odds_difference": fairlearn.equalized_odds_difference,
    "equalized_odds_ratio": fairlearn.equalized_odds_ratio,
}
OF_DECISIONS: dict[str, Any] = {
    "selection rate": fairlearn.selection_rate,
    "true positive rate": fairlearn.true_positive_rate,
    "false positive rate": fairlearn.false_positive_rate,
    "false negative rate": fairlearn.false_negative_rate,
    "precision": functools.partial(sklearn.precision_score, zero_division=math.nan),
    "accuracy": sklearn.accuracy_score,
    "error rate": sklearn.zero_one_loss,
}
GAPS = {
    "demographic_parity_difference": ["selection rate"],
    "demographic_parity_ratio": ["selection rate"],
    "four_fifths": ["selection rate"],
    "equal_opportunity_difference": ["true positive rate"],
    "equalized_odds_difference": ["true positive rate", "false positive rate"],
    "equalized_odds_ratio": ["true positive rate", "false positive rate"],
    "predictive_parity_difference": ["precision"],
    "accuracy_difference": ["accuracy"],
    "auc_gap": ["AUC"],
    "calibration_gap": ["mean error"],
}


def mean_error(truth: Any, predicted: Any, sample_weight: Any = None) -> float:
    """What scores promise beyond what happens."""
    return float(np.average(np.asarray(predicted) - np.asarray(truth), weights=sample_weight))


OF_SCORES: dict[str, Any] = {
    "mean prediction": fairlearn.mean_prediction,
    "AUC": sklearn.roc_auc_score,
    "mean error": mean_error,
}


class Case:
    """One real table, as we and as fairlearn take it; `frames` are its MetricFrames by spec."""

    def __init__(self, frame: Any, columns: Any, scorer: Callable[..., ScoredTable], weighted: bool) -> None:
        self.table = scorer(frame, replace(columns, weight="weight" if weighted else None), champion=True)
        self.truth = (frame[columns.label] == columns.positive).to_numpy().astype(int)
        self.decided = (frame["score"].to_numpy() >= 0.5).astype(int)
        self.rival = (frame["rival"].to_numpy() >= 0.5).astype(int)
        self.weight = frame["weight"].to_numpy() if weighted else None
        sensitive = frame[list(columns.sensitive)].to_pandas()
        self.specs = {name: sensitive[[name]] for name in columns.sensitive}
        self.specs[" x ".join(columns.sensitive)] = sensitive
        asked = ((OF_DECISIONS, self.decided), (OF_SCORES, frame["score"].to_numpy()))
        self.frames = {spec: [self._frame(spec, *each) for each in asked] for spec in self.specs}

    def _frame(self, spec: str, metrics: Mapping[str, Any], predicted: Any) -> Any:
        one = {} if self.weight is None else {"sample_weight": self.weight}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = fairlearn.MetricFrame(
                metrics=dict(metrics),
                y_true=self.truth,
                y_pred=predicted,
                sensitive_features=self.specs[spec],
                sample_params=dict.fromkeys(metrics, one),
            )
            _ = made.by_group, made.overall
        return made

    def gap(self, check: str, spec: str, method: str) -> float:
        """The worst of fairlearn's differences (or ratios) of the check's metrics."""
        kind, worst = ("ratio", min) if check.endswith(("ratio", "fifths")) else ("difference", max)
        found = [
            float(getattr(frame, kind)(method=method)[metric])
            for frame in self.frames[spec]
            for metric in GAPS[check]
            if metric in frame.overall
        ]
        return worst(found)


@pytest.fixture(scope="session")
def cases(real: Callable[[str], Any], scorer: Callable[..., ScoredTable]) -> Callable[[str, bool], Case]:
    """The cases, each made once."""

    @functools.cache
    def case(name: str, weighted: bool) -> Case:
        frame, columns = real(name)
        return Case(frame, columns, scorer, weighted)

    return case


CASES = pytest.mark.parametrize(
    ("name", "weighted"),
    [("german_credit", False), ("german_credit", True), ("adult", False), ("adult", True)],
)
Cases = Callable[[str, bool], Case]


def parts(measured: Measurement) -> Mapping[str, float]:
    return {part.name: part.estimate.value for part in measured.parts}


@CASES
@pytest.mark.parametrize("check", GAPS)
def test_gaps_are_those_of_a_metric_frame(
    cases: Cases, name: str, weighted: bool, check: str, checks: Mapping[str, Check]
) -> None:
    """By both methods, column by column and crossed; the check's own number is the worst of them."""
    case = cases(name, weighted)
    for method in METHODS[:1] if check == "four_fifths" else METHODS:
        options = {} if check == "four_fifths" else {"method": method}
        measured = measure(checks[check], scored_test=case.table, **options)
        expected = {spec: case.gap(check, spec, method) for spec in case.specs}
        found = parts(measured)
        assert {spec: found[spec] for spec in expected} == pytest.approx(expected, abs=1e-9)
        assert measured.estimate is not None
        worst = (min if check.endswith(("ratio", "fifths")) else max)(expected.values())
        assert measured.estimate.value == pytest.approx(worst, abs=1e-9)


@CASES
def test_gaps_are_those_of_the_disparity_functions(
    cases: Cases, name: str, weighted: bool, checks: Mapping[str, Check]
) -> None:
    """fairlearn's own functions of that name; of the larger table one of them, since each takes a second."""
    case = cases(name, weighted)
    specs = list(case.specs.items())
    every = (
        list(FUNCTIONS.items())
        if name == "german_credit"
        else [("equalized_odds_difference", FUNCTIONS["equalized_odds_difference"])]
    )
    for check, function in every:
        for method in METHODS if name == "german_credit" else METHODS[:1]:
            found = parts(measure(checks[check], scored_test=case.table, method=method))
            for spec, groups in specs if name == "german_credit" else specs[-1:]:
                theirs = function(
                    case.truth, case.decided, sensitive_features=groups, method=method, sample_weight=case.weight
                )
                assert found[spec] == pytest.approx(theirs, abs=1e-9)


@CASES
def test_every_group_has_fairlearns_values(
    cases: Cases, name: str, weighted: bool, checks: Mapping[str, Check]
) -> None:
    """The slices of `fairness.group_metrics` are MetricFrame.by_group; what is not defined there is left out."""
    case = cases(name, weighted)
    measured = measure(checks["group_metrics"], scored_test=case.table)
    found = {(each.metric, tuple(each.slice.items())): each.estimate.value for each in measured.slices}
    theirs = {
        (
            metric,
            tuple(zip(case.specs[spec].columns, map(str, keys if isinstance(keys, tuple) else (keys,)), strict=True)),
        ): value
        for spec, frames in case.frames.items()
        for frame in frames
        for keys, row in frame.by_group.iterrows()
        for metric, value in row.items()
        if metric != "error rate" and not math.isnan(value)
    }
    assert found == pytest.approx(theirs, abs=1e-9)


@CASES
def test_the_worst_loss_is_fairlearns_largest_group_loss(
    cases: Cases, name: str, weighted: bool, checks: Mapping[str, Check]
) -> None:
    """Zero-one loss by group, and the worst of it."""
    case = cases(name, weighted)
    measured = measure(checks["bounded_group_loss"], scored_test=case.table)
    theirs = max(frames[0].group_max()["error rate"] for frames in case.frames.values())
    assert measured.estimate is not None
    assert measured.estimate.value == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("metric", ["equalized_odds_difference", "demographic_parity_difference"])
def test_a_champions_gap_is_its_own(cases: Cases, metric: str, checks: Mapping[str, Check]) -> None:
    """Both gaps are fairlearn's, and the difference is their difference."""
    case = cases("german_credit", False)
    measured = measure(checks["vs_champion"], scored_test=case.table, metric=metric)
    assert measured.comparison is not None
    assert measured.estimate is not None
    ours, theirs = (
        max(FUNCTIONS[metric](case.truth, decided, sensitive_features=groups) for groups in case.specs.values())
        for decided in (case.decided, case.rival)
    )
    assert measured.estimate.value == pytest.approx(ours, abs=1e-9)
    assert measured.comparison.champion.value == pytest.approx(theirs, abs=1e-9)
    assert measured.comparison.difference.value == pytest.approx(ours - theirs, abs=1e-9)
