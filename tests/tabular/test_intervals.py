"""Intervals: DeLong's own formula, bootstraps of rows and of entities, and how often the truth is held."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy.stats import norm
from sklearn.metrics import f1_score, log_loss, roc_auc_score

from mlgate.errors import NoChampion
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, score

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def table(label: Ints, ours: Floats, theirs: Floats | None = None, entity: Ints | None = None) -> ScoredTable:
    data = pl.DataFrame({"y": label})
    if entity is not None:
        data = data.with_columns(pl.Series("e", entity))
    columns = Columns(label="y", entity=None if entity is None else "e")
    rival = None if theirs is None else Predictions.scores(theirs, (1,))
    return score(Table.of(data), columns, None, Predictions.scores(ours, (1,)), rival)


def binormal(rows: int, rng: np.random.Generator, positive: float = 0.3) -> tuple[Ints, Floats, Floats]:
    """Labels, a score, and a noisier rival that shares most of its noise."""
    label = (rng.random(rows) < positive).astype(np.int64)
    raw = 1.5 * label + rng.normal(size=rows)
    rival = raw + 0.7 * rng.normal(size=rows)
    return label, norm.cdf(raw - 0.75), norm.cdf(rival - 0.75)


def placements(label: Ints, score: Floats) -> tuple[Floats, Floats]:
    """DeLong's V10 and V01, by comparing every positive row with every negative one."""
    pairs = (score[label == 1][:, None] > score[label == 0][None, :]) + 0.5 * (
        score[label == 1][:, None] == score[label == 0][None, :]
    )
    return pairs.mean(axis=1), pairs.mean(axis=0)


def test_the_spread_of_an_auc_is_delongs() -> None:
    """DeLong et al. (1988), Biometrics 44: S10 / m + S01 / n, from all pairs of rows."""
    label, ours, _ = binormal(900, np.random.default_rng(1))
    ten, one = placements(label, ours)
    variance = ten.var(ddof=1) / len(ten) + one.var(ddof=1) / len(one)
    spread = table(label, ours).metric("roc_auc").spread
    assert spread is not None
    assert spread.trials is not None
    auc = roc_auc_score(label, ours)
    assert auc * (1 - auc) / spread.trials == pytest.approx(variance, rel=1e-6)


def test_the_difference_of_two_aucs_is_paired_as_delong_pairs_it() -> None:
    """The covariance of the placements on the same rows is taken off; the unpaired interval is far wider."""
    label, ours, theirs = binormal(900, np.random.default_rng(2))
    (ten, one), (ten2, one2) = placements(label, ours), placements(label, theirs)
    variance = (ten - ten2).var(ddof=1) / len(ten) + (one - one2).var(ddof=1) / len(one)
    difference = table(label, ours, theirs).compare("roc_auc").difference
    assert difference.value == pytest.approx(roc_auc_score(label, ours) - roc_auc_score(label, theirs), abs=1e-9)
    assert difference.spread is not None
    assert difference.spread.se == pytest.approx(math.sqrt(variance), rel=1e-6)
    unpaired = math.sqrt(ten.var(ddof=1) / len(ten) + one.var(ddof=1) / len(one)) * math.sqrt(2)
    assert difference.spread.se < 0.7 * unpaired


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("roc_auc", roc_auc_score),
        ("log_loss", log_loss),
        ("f1", lambda y, s: f1_score(y, s >= 0.5)),
    ],
)
@pytest.mark.parametrize("entities", [False, True], ids=["rows", "entities"])
def test_a_paired_difference_scatters_as_a_bootstrap_says(
    name: str, of: Callable[[Ints, Floats], float], entities: bool
) -> None:
    """300 resamples of rows, or of whole entities, agree with the standard error within their own noise (15%)."""
    rng = np.random.default_rng(3)
    label, ours, theirs = binormal(1500, rng)
    entity = np.repeat(np.arange(300), 5)
    if entities:
        shift = 0.5 * rng.normal(size=300)[entity]
        ours, theirs = norm.cdf(norm.ppf(ours) + shift), norm.cdf(norm.ppf(theirs) - shift)
    drawn = []
    for _ in range(300):
        if entities:
            rows = (rng.integers(0, 300, 300)[:, None] * 5 + np.arange(5)).ravel()
        else:
            rows = rng.integers(0, 1500, 1500)
        drawn.append(of(label[rows], ours[rows]) - of(label[rows], theirs[rows]))
    difference = table(label, ours, theirs, entity if entities else None).compare(name).difference
    assert difference.spread is not None
    assert difference.spread.se == pytest.approx(float(np.std(drawn)), rel=0.15)


def test_without_a_champion_there_is_nothing_to_compare() -> None:
    """The refusal is the one that the policy's bootstrap knows."""
    label, ours, _ = binormal(100, np.random.default_rng(4))
    with pytest.raises(NoChampion, match=r"There is no champion to compare with\."):
        table(label, ours).compare("roc_auc")


def test_the_same_answers_differ_by_nothing_for_certain() -> None:
    """A refit with the same answers on every row is exactly as good."""
    label, ours, _ = binormal(300, np.random.default_rng(5))
    interval = table(label, ours, ours.copy()).compare("roc_auc").difference.interval(0.95)
    assert (interval.low, interval.high) == (0.0, 0.0)


def test_flips_are_counted_by_hand() -> None:
    """Two rows of five were right under the champion and are wrong now."""
    label = np.array([1, 1, 0, 0, 1])
    theirs = np.array([0.9, 0.8, 0.1, 0.2, 0.3])
    ours = np.array([0.2, 0.8, 0.7, 0.2, 0.9])
    assert table(label, ours, theirs).flips().value == pytest.approx(2 / 5)


def test_a_slice_without_a_value_decides_nothing() -> None:
    """A slice of one class has no AUC: it is there, with a support of 0."""
    label = np.array([0, 1] * 50 + [1] * 20)
    data = pl.DataFrame({"y": label, "g": ["both"] * 100 + ["one"] * 20})
    ours = np.random.default_rng(6).random(120)
    scored = score(Table.of(data), Columns(label="y", slices=(("g",),)), None, Predictions.scores(ours, (1,)))
    gaps = {each.name: each.estimate for each in scored.slice_gaps("roc_auc", [("g",)])}
    assert (gaps["g=one"].value, gaps["g=one"].support, gaps["g=one"].n) == (0.0, 0, 20)
    assert [each.name for each in scored.by_slice("roc_auc", ("g",))] == ["g=both"]


@pytest.mark.slow
@pytest.mark.parametrize("rows", [200, 2000])
@pytest.mark.parametrize("entities", [False, True], ids=["rows", "entities"])
def test_95_percent_intervals_hold_the_truth(rows: int, entities: bool) -> None:
    """In 93 to 97% of 400 data sets, give or take what 400 draws can tell (1.1%): benchmarks/kernel_coverage.py has
    all metrics, sizes and balances."""
    truth = norm.cdf(1.5 / math.sqrt(2)), norm.cdf(0.75)
    held = {"roc_auc": 0, "accuracy": 0}
    for seed in range(400):
        rng = np.random.default_rng([rows, entities, seed])
        label, entity = (rng.random(rows) < 0.5).astype(np.int64), np.repeat(np.arange(rows), 4)[:rows]
        noise = rng.normal(size=rows)
        if entities:
            noise = math.sqrt(0.5) * (rng.normal(size=rows)[entity] + noise)
        scored = table(label, norm.cdf(1.5 * label + noise - 0.75), None, entity if entities else None)
        for (name, count), value in zip(list(held.items()), truth, strict=True):
            interval = scored.metric(name).interval(0.95)
            held[name] = count + (interval.low <= value <= interval.high)
    for count in held.values():
        assert 0.93 - 0.022 <= count / 400 <= 0.97 + 0.022
