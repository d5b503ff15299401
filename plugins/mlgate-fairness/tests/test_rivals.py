"""Candidate against champion by every gap: fairlearn's and scikit-learn's values, and textbook intervals of pairs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import fairlearn.metrics as fairlearn
import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import roc_auc_score

from mlgate import Check, Measurement, NotApplicable
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, Task, score
from mlgate.testing import measure

Numbers = NDArray[np.float64]
ROWS = 1_200
PEOPLE = np.repeat(["a", "b"], [500, 700])


def drawn(seed: int = 0) -> tuple[Numbers, Numbers, Numbers]:
    """Labels, and two scores that tell them apart less well in group b, the first by more."""
    rng = np.random.default_rng(seed)
    label, noise = rng.integers(0, 2, ROWS), rng.normal(size=ROWS)
    strength = np.where(PEOPLE == "a", 2.0, 0.7), np.where(PEOPLE == "a", 2.0, 1.4)
    raw = [each * (label - 0.5) + 0.8 * noise + 0.6 * rng.normal(size=ROWS) - 0.3 for each in strength]
    return label.astype(float), *(1 / (1 + np.exp(-each)) for each in raw)


def classes(label: Numbers, ours: Numbers, theirs: Numbers, times: int = 1) -> ScoredTable:
    """Two classes; with `times`, every row so often, as rows of one entity."""
    entity = np.arange(len(label))
    frame = pl.DataFrame({"y": label.astype(int), "g": PEOPLE, "who": entity})
    frame = pl.concat([frame] * times)
    roles = Columns(label="y", positive=1, sensitive=("g",), entity="who" if times > 1 else None)
    said = (Predictions.scores(np.tile(each, times), (0, 1)) for each in (ours, theirs))
    return score(Table.of(frame), roles, None, *said)


def numbers(label: Numbers, ours: Numbers, theirs: Numbers) -> ScoredTable:
    """A regression."""
    frame = pl.DataFrame({"y": label, "g": PEOPLE})
    said = Predictions.numbers(ours), Predictions.numbers(theirs)
    return score(Table.of(frame), Columns(label="y", sensitive=("g",)), Task.REGRESSION, *said)


def differing(check: Check, scored: ScoredTable, **options: Any) -> tuple[float, float, float]:
    """The difference of the gaps, and its 95% interval."""
    measured = measure(check, scored_test=scored, **options)
    assert measured.comparison is not None
    interval = measured.comparison.difference.interval(0.95)
    return measured.comparison.difference.value, interval.low, interval.high


def value(measured: Measurement) -> float:
    assert measured.estimate is not None
    return measured.estimate.value


def placements(label: Numbers, scores: Numbers) -> tuple[Numbers, Numbers]:
    """DeLong's, from their definition: of each positive among negatives, of each negative among positives."""
    above = (scores[label == 1][:, None] > scores[label == 0]).astype(float)
    return above.mean(axis=1), above.mean(axis=0)


def test_a_gap_of_aucs_is_compared_by_delongs_covariance(checks: Mapping[str, Check]) -> None:
    """DeLong, DeLong and Clarke-Pearson (1988) on each group, and the groups are independent."""
    label, ours, theirs = drawn()
    aucs, variance = [], 0.0
    for group in "ab":
        inside = group == PEOPLE
        aucs.append([roc_auc_score(label[inside], each[inside]) for each in (ours, theirs)])
        places = [placements(label[inside], each[inside]) for each in (ours, theirs)]
        for one, other in zip(*places, strict=True):
            variance += float(np.var(one - other, ddof=1)) / len(one)
    (a, a_rival), (b, b_rival) = aucs
    found, low, high = differing(checks["vs_champion"], classes(label, ours, theirs), metric="auc_gap")
    assert found == pytest.approx((a - b) - (a_rival - b_rival))
    assert (high - low) / 2 == pytest.approx(1.96 * variance**0.5, rel=0.02)


def test_a_gap_of_errors_is_compared_by_rows(checks: Mapping[str, Check]) -> None:
    """Two samples of paired differences: Welch's interval of their means."""
    label, ours, theirs = drawn()
    ours, theirs = ours + 0.3 * (PEOPLE == "a"), theirs + 0.25 * (PEOPLE == "a")  # a gap that is clear in both
    ours, theirs = ours / 1.3, theirs / 1.3
    found, low, high = differing(checks["vs_champion"], classes(label, ours, theirs), metric="calibration_gap")
    moved = ours - theirs
    of_a, of_b = (PEOPLE == "a", PEOPLE == "b")
    gaps = [(each - label)[of_a].mean() - (each - label)[of_b].mean() for each in (ours, theirs)]
    assert found == pytest.approx(abs(gaps[0]) - abs(gaps[1]))
    welch = stats.ttest_ind(moved[of_a], moved[of_b], equal_var=False).confidence_interval()
    assert (high - low) == pytest.approx(welch.high - welch.low, rel=0.02)


@pytest.mark.parametrize("loss", ["absolute", "square"])
def test_the_worst_served_group_is_compared_by_its_own_rows(loss: str, checks: Mapping[str, Check]) -> None:
    """One group clearly bears most under both models: the paired t interval of its rows, in the label's spread."""
    rng = np.random.default_rng(1)
    label, scale = rng.normal(0, 3, ROWS), np.where(PEOPLE == "b", 2.0, 0.5)
    ours, theirs = label + scale * rng.normal(size=ROWS), label + 1.1 * scale * rng.normal(size=ROWS)
    cost = np.abs if loss == "absolute" else np.square
    one, other = (cost(each - label)[PEOPLE == "b"] / cost(label.std()) for each in (ours, theirs))
    paired = stats.ttest_rel(one, other).confidence_interval()
    scored = numbers(label, ours, theirs)
    found, low, high = differing(checks["vs_champion"], scored, metric="bounded_group_loss", loss=loss)
    assert found == pytest.approx(one.mean() - other.mean())
    assert (low, high) == pytest.approx((paired.low, paired.high), abs=0.01 * (paired.high - paired.low))


@pytest.mark.parametrize(
    ("metric", "ratio"),
    [
        ("four_fifths", fairlearn.demographic_parity_ratio),
        ("demographic_parity_ratio", fairlearn.demographic_parity_ratio),
        ("equalized_odds_ratio", fairlearn.equalized_odds_ratio),
    ],
)
def test_a_ratio_is_compared_by_its_shortfall(
    metric: str, ratio: Callable[..., float], checks: Mapping[str, Check]
) -> None:
    """1 - fairlearn's ratio, and the same number as the check of that name."""
    label, ours, theirs = drawn()
    scored = classes(label, ours, theirs)
    mine, rival = (ratio(label, (each >= 0.5).astype(int), sensitive_features=PEOPLE) for each in (ours, theirs))
    measured = measure(checks["vs_champion"], scored_test=scored, metric=metric)
    alone = measure(checks[metric], scored_test=scored)
    assert value(measured) == pytest.approx(1 - mine)
    assert measured.comparison is not None
    assert measured.comparison.champion.value == pytest.approx(1 - rival)
    assert measured.comparison.difference.value == pytest.approx(rival - mine)
    assert measured.estimate is not None
    assert alone.estimate is not None
    one, other = measured.estimate.interval(0.95), alone.estimate.interval(0.95)
    assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low))
    interval = measured.comparison.difference.interval(0.95)
    assert interval.low < rival - mine < interval.high


def test_entropy_between_groups_is_compared_by_both_bounds(checks: Mapping[str, Check]) -> None:
    """The difference of the two indices; of one model and itself, nothing."""
    label, ours, theirs = drawn()
    scored = classes(label, ours, theirs)
    found, low, high = differing(checks["vs_champion"], scored, metric="generalized_entropy")
    alone = [
        value(measure(checks["generalized_entropy"], scored_test=classes(label, each, each))) for each in (ours, theirs)
    ]
    assert found == pytest.approx(alone[0] - alone[1])
    assert low < found < high
    same = differing(checks["vs_champion"], classes(label, ours, ours), metric="generalized_entropy")
    assert same[0] == 0
    assert same[1] <= 0 <= same[2]


@pytest.mark.parametrize("metric", ["auc_gap", "calibration_gap", "bounded_group_loss", "generalized_entropy"])
def test_rows_that_entities_repeat_tell_nothing_new(metric: str, checks: Mapping[str, Check]) -> None:
    """Three times the rows of the same people: the value as it was, and an interval about as wide."""
    label, ours, theirs = drawn()
    once = differing(checks["vs_champion"], classes(label, ours, theirs), metric=metric)
    thrice = differing(checks["vs_champion"], classes(label, ours, theirs, 3), metric=metric)
    assert thrice[0] == pytest.approx(once[0], abs=1e-6)
    assert thrice[2] - thrice[1] == pytest.approx(once[2] - once[1], rel=0.2)


def test_a_regression_is_compared_by_its_mean_errors(checks: Mapping[str, Check]) -> None:
    """Where nothing is said; a gap of decisions says what to ask for instead."""
    rng = np.random.default_rng(2)
    label = rng.normal(size=ROWS)
    scored = numbers(label, label + 0.3 * (PEOPLE == "a"), label + 0.1 * (PEOPLE == "a"))
    found, _, _ = differing(checks["vs_champion"], scored)
    assert found == pytest.approx(0.2 / label.std())
    with pytest.raises(NotApplicable) as refused:
        measure(checks["vs_champion"], scored_test=scored, metric="four_fifths")
    assert str(refused.value) == (
        "The gap four_fifths is one of decisions, and this is a regression. "
        'Set metric = "calibration_gap" or "bounded_group_loss" under the check.'
    )
