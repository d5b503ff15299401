"""How far two distributions lie apart, in the field's own measures, with what chance alone gives taken off.

Of rows that come from one distribution, every distance is above zero by chance: by an amount that falls with n_h, the
harmonic number of rows n m / (n + m). `excess` functions tell it; `beyond_chance` takes its square off.
"""

from __future__ import annotations

import math

import numpy as np

from mlgate import Estimate, Scale, Spread
from mlgate_data.drift.held import Floats, Numbers

_KOLMOGOROV_SQUARE = math.pi**2 / 12
"""The mean of the square of Kolmogorov's distribution."""


def harmonic(one: float, other: float) -> float:
    return one * other / (one + other) if one and other else 0.0


def psi(counts: Floats) -> tuple[float, int]:
    """The population stability index of counts, shape (2, bins), the reference first, and its degrees of freedom.

    Half a row is added to every bin that has any row in one of the two.
    """
    met = counts[:, counts.sum(axis=0) > 0] + 0.5
    shares = met / met.sum(axis=1, keepdims=True)
    value = float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())
    return value, met.shape[1] - 1


def psi_estimate(counts: Floats, rows: int) -> Estimate:
    """PSI less what chance alone gives, with the interval of its noncentral chi-square distribution.

    n_h PSI is spread as a noncentral chi-square variable with noncentrality n_h times the true PSI, so that a rule
    `at_most` is the minimum-effect test of H0: PSI <= bound. `rows` are those that the measurement speaks of.
    """
    value, df = psi(counts)
    if not df:
        return Estimate(0.0, rows)
    n = harmonic(*(float(side) for side in counts.sum(axis=1)))
    true = max(0.0, value - df / n)
    se = math.sqrt(2 * (df + 2 * n * true)) / n
    spread = Spread("noncentral chi-square", se, Scale.NONCENTRAL, df=float(df), trials=n, centre=value)
    return Estimate(true, rows, spread)


def jensen_shannon(counts: Floats) -> float:
    """The Jensen-Shannon distance: the root of the divergence in natural logarithms, as scipy's."""
    shares = counts / counts.sum(axis=1, keepdims=True)
    middle = shares.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(shares > 0, shares * np.log(shares / middle), 0.0)
    return math.sqrt(max(0.0, float(terms.sum()) / 2))


def jensen_shannon_excess(counts: Floats) -> float:
    """The divergence of two samples of one distribution is a chi-square variable over 8 n_h (Menendez et al. 1997)."""
    met = int((counts.sum(axis=0) > 0).sum())
    return math.sqrt((met - 1) / (8 * harmonic(*(float(side) for side in counts.sum(axis=1)))))


def cramers_v(counts: Floats) -> float:
    """Cramer's V of table against bin, as scipy.stats.contingency.association."""
    return math.sqrt(_mean_square(counts))


def cramers_v_unbiased(counts: Floats) -> float:
    """Cramer's V with its bias removed (Bergsma 2013, Journal of the Korean Statistical Society 42, 323-328)."""
    n = float(counts.sum())
    bins = int((counts.sum(axis=0) > 0).sum())
    if bins < 2:
        return 0.0
    square = max(0.0, _mean_square(counts) - (bins - 1) / (n - 1))
    return math.sqrt(square / min(1 - 1 / (n - 1), bins - 1 - (bins - 1) ** 2 / (n - 1)))


def _mean_square(counts: Floats) -> float:
    """Pearson's chi-square over the number of rows."""
    met = counts[:, counts.sum(axis=0) > 0]
    expected = np.outer(met.sum(axis=1), met.sum(axis=0)) / met.sum()
    return float(((met - expected) ** 2 / expected).sum() / met.sum())


def beyond_chance(distance: float, excess: float) -> float:
    return math.sqrt(max(0.0, distance**2 - excess**2))


class Steps:
    """Two cumulative distributions of numbers side by side: their gaps, and the widths over which these hold."""

    def __init__(self, reference: Numbers, current: Numbers) -> None:
        if reference.merged:
            current = current.onto(reference.values)
        self.n = harmonic(reference.present, current.present)
        self.values = np.union1d(reference.values, current.values)
        one, other = self._cumulative(reference), self._cumulative(current)
        self.gaps = other - one
        rows = reference.present + current.present
        self._pooled = (one * reference.present + other * current.present) / rows
        self._widths = np.diff(self.values)
        self._cells = reference.merged

    def ks(self) -> float:
        """The largest gap. Values in one bin of the histograms are not told apart: it is too low by at most the share
        of rows in a bin, whose values differ by less than a thousandth."""
        return float(np.abs(self.gaps).max())

    def ks_excess(self) -> float:
        return math.sqrt(_KOLMOGOROV_SQUARE / self.n)

    def wasserstein(self) -> float:
        """The area between the two, in the column's unit; off by less than a thousandth of the values.

        Within a cell of a stored profile the gap is taken to change evenly.
        """
        gaps = np.abs(self.gaps)
        heights = (gaps[:-1] + gaps[1:]) / 2 if self._cells else gaps[:-1]
        return float((heights * self._widths).sum())

    def wasserstein_excess(self) -> float:
        """The mean area between two samples: at each value the gap is normal with variance F (1 - F) / n_h."""
        spread = np.sqrt(np.clip(self._pooled * (1 - self._pooled), 0, None) * 2 / math.pi / self.n)
        return float((spread[:-1] * self._widths).sum())

    def _cumulative(self, column: Numbers) -> Floats:
        sums = np.concatenate(([0.0], np.cumsum(column.counts))) / column.present
        found: Floats = sums[np.searchsorted(column.values, self.values, side="right")]
        return found
