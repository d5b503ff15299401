"""Models that answer differently by design: means are compared within their noise, and shares have intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy import stats

from mlgate import Measurement, NotApplicable
from mlgate.tabular import Predictions
from mlgate_robustness.laws.bounded import bounded
from mlgate_robustness.laws.invariant import invariant
from mlgate_robustness.laws.missing import missing
from mlgate_robustness.laws.monotone import monotone
from mlgate_robustness.laws.smooth import smooth
from mlgate_robustness.search.answers import Answers, averaged
from mlgate_robustness.search.noise import ROW_LEVEL, beyond_noise

Run = Callable[..., Measurement]
Scores = NDArray[np.float64]
NOISE = 0.02


class Dice:
    """The chance of being late with noise, and with a fault that a single answer can't be told from noise by."""

    classes_ = (0, 1)

    def __init__(self, fault: str = "") -> None:
        self.fault = fault
        self.rng = np.random.default_rng(0)
        self.calls = 0

    def __call__(self, rows: pd.DataFrame) -> Scores:
        self.calls += 1
        score = 1 / (1 + np.exp(rows["income"] / 40_000 - rows["debt"] / 10_000))
        if self.fault == "normalises":
            score = score - score.mean() + 0.5
        if self.fault == "drifts":
            score = score + 0.002 * self.calls
        positive = np.clip(score + self.rng.normal(0, NOISE, len(rows)), 0, 1)
        return np.column_stack((1 - positive, positive))


def clauses(measured: Measurement) -> set[object]:
    return {finding.data["clause"] for finding in measured.findings}


def test_the_contract_holds_for_noise_alone(judge: Callable[..., Measurement]) -> None:
    """Without the word it is not repeatable; with it every clause is judged, on means."""
    assert "repeatable" in clauses(judge(Dice(), most_rows=12))
    measured = judge(Dice(), stochastic=True, most_rows=12)
    assert measured.findings == ()
    assert measured.notes[0] == "It is stochastic by design: means of 20 answers were compared."


@pytest.mark.parametrize(("fault", "clause"), [("normalises", "row by row"), ("drifts", "repeatable")])
def test_a_fault_below_the_noise_is_found(judge: Callable[..., Measurement], fault: str, clause: str) -> None:
    measured = judge(Dice(fault), stochastic=True, most_rows=12)
    assert clause in clauses(measured)
    assert "95% interval" in measured.findings[0].message


def test_a_row_has_moved_where_scipy_s_welch_test_says_so() -> None:
    """Of 300 rows with shifts of all sizes."""
    rng = np.random.default_rng(2)
    shift, scale = np.linspace(0, 3, 300), rng.uniform(0.5, 2, 300)
    first, second = (rng.normal(at, scale, (20, 300)) for at in (0.0, shift))
    said, expected = (averaged([Predictions.numbers(each) for each in each_of], 1.0, []) for each_of in (second, first))
    p = stats.ttest_ind(first, second, equal_var=False).pvalue
    assert beyond_noise(said, expected).tolist() == (p < ROW_LEVEL).tolist()
    assert 0.2 < beyond_noise(said, expected).mean() < 0.9


def test_labels_are_compared_by_their_shares() -> None:
    """A row that is a cat four times in ten has moved when it is always a dog; one that never varies has not."""
    labels: list[str] = []

    def repeated(rows: list[list[str]]) -> Answers:
        return averaged([Predictions.labels(np.array(each, dtype=object)) for each in rows], None, labels)

    mixed = repeated([["cat", "dog"] if place % 5 < 2 else ["dog", "dog"] for place in range(40)])
    steady = repeated([["mouse", "dog"]] * 40)
    assert beyond_noise(steady, mixed).tolist() == [True, False]
    assert (mixed.told(0), steady.told(0)) == ("dog", "mouse")
    with pytest.raises(NotApplicable, match="labels alone"):
        mixed.numbers()


def noisy(effect: float) -> Callable[[pl.DataFrame], Scores]:
    """Nurses get more by `effect`, which noise hides from a single answer."""
    rng = np.random.default_rng(1)

    def formula(rows: pl.DataFrame) -> Scores:
        nurse = rows.get_column("job").eq_missing("nurse").to_numpy()
        return np.asarray(0.5 + effect * nurse + rng.normal(0, NOISE, rows.height))

    return formula


def test_the_share_of_rows_that_break_a_property_has_wilson_s_interval(run: Run, frame: pl.DataFrame) -> None:
    """All who are no nurses get another mean as nurses, by ten of its standard errors; scipy gives the interval."""
    measured = run(invariant, noisy(10 * NOISE), to=("job",), stochastic=True, trials=5)
    (part,) = measured.parts
    rows = 500
    interval, broken = part.estimate.interval(0.95), round(part.estimate.value * rows)
    low, high = stats.binomtest(broken, rows).proportion_ci(0.95, "wilson")
    assert (interval.low, interval.high) == pytest.approx((low, high))
    nurses = (frame["job"] == "nurse").mean()
    assert isinstance(nurses, float)
    assert min(abs(part.estimate.value - nurses), abs(part.estimate.value - 1 + nurses)) < 0.07
    assert measured.findings


@pytest.mark.parametrize(
    ("law", "options"),
    [(invariant, {"to": ("job",)}), (bounded, {"low": 0.45, "high": 0.55}), (monotone, {"increasing": ("debt",)})],
    ids=["invariant", "bounded", "monotone"],
)
def test_noise_alone_breaks_no_property(run: Run, law: Any, options: dict[str, Any]) -> None:
    """Single answers lie outside the bounds, in every direction, and their means do not; the share is 0 of 500."""
    measured = run(law, noisy(0.0), stochastic=True, trials=20, **options)
    assert not measured.findings
    high = stats.binomtest(0, 500).proportion_ci(0.95, "wilson").high
    assert measured.parts[0].estimate.interval(0.95).high == pytest.approx(high)


def test_decisions_that_turn_by_chance_alone_are_no_lack_of_smoothness(run: Run) -> None:
    """Every mean lies at the threshold, and half of the decisions turn anyway: the difference of shares is about 0."""
    calm = run(smooth, noisy(0.0), stochastic=True, most_rows=400).estimate
    assert calm is not None
    interval = calm.interval(0.95)
    assert interval.low < 0 < interval.high
    assert calm.spread is not None
    assert calm.spread.method == "agresti-min"


def test_a_missing_value_may_move_a_mean_by_its_noise(run: Run) -> None:
    """The mean falls by 0.2 without a job: found at 0.1 with the share of rows that moved; noise alone is not."""

    calm = noisy(0.0)

    def drops(rows: pl.DataFrame) -> Scores:
        return calm(rows) - 0.2 * rows.get_column("job").is_null().to_numpy()

    (found,) = run(missing, drops, of=("job", "age"), by_at_most=0.1, stochastic=True, most_rows=100).findings
    assert found.data["column"] == "job"
    assert "100.0% of 100 rows move beyond the noise of 20 answers" in found.message
    assert not run(missing, noisy(0.0), of=("job",), by_at_most=0.0, stochastic=True, most_rows=100).findings
