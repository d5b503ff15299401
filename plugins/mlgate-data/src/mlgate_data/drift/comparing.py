"""One column of two tables, compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mlgate import Estimate, Json
from mlgate_data.drift import distances
from mlgate_data.drift.bins import Bins, bins_of
from mlgate_data.drift.held import Floats, Held, Numbers


@dataclass(frozen=True, slots=True)
class Shift:
    """How far a column moved. `counts` are rows per bin, shape (2, bins), the reference first.

    `measures` are distances as scipy computes them, `beyond_chance` the same without what chance alone gives.
    """

    psi: Estimate
    bins: Bins
    counts: Floats
    measures: Mapping[str, float]
    beyond_chance: Mapping[str, float]
    means: tuple[float, float] | None = None

    @property
    def shares(self) -> Floats:
        shares: Floats = self.counts / self.counts.sum(axis=1, keepdims=True)
        return shares

    def told(self) -> dict[str, Json]:
        """For the record: every measure to six digits."""
        numbers: dict[str, Json] = {name: _short(value) for name, value in self.measures.items()}
        if self.means is not None:
            numbers |= {"mean_before": _short(self.means[0]), "mean_now": _short(self.means[1])}
        beyond: Json = {name: _short(value) for name, value in self.beyond_chance.items()}
        return {"psi": _short(self.psi.value), **numbers, "beyond_chance": beyond}

    def told_bins(self) -> Json:
        """For the record: the shares of both tables by bin."""
        before, now = ([_short(share) for share in side] for side in self.shares)
        return {"bins": list(self.bins.names), "before": list(before), "now": list(now)}

    def said(self, *, masked: bool = False) -> str:
        """`the mean went from 38.6 to 45.1; Wasserstein 0.48 of the reference's spread, KS 0.2, ...`."""
        means = self.means
        went = f"the mean went from {means[0]:.4g} to {means[1]:.4g}" if means else self._largest(masked)
        words = {
            "wasserstein": "Wasserstein {:.2g} of the reference's spread",
            "ks": "KS {:.2g}",
            "jensen_shannon": "Jensen-Shannon {:.2g}",
            "cramers_v": "Cramer's V {:.2g}",
        }
        return f"{went}; {', '.join(words[name].format(value) for name, value in self.beyond_chance.items())}"

    def _largest(self, masked: bool) -> str:
        before, now = self.shares
        place = int(np.abs(now - before).argmax())
        name = "a category" if masked else repr(self.bins.names[place])
        return f"{name} went from {before[place]:.3g} to {now[place]:.3g} of the rows"


def compare(reference: Held, current: Held, rows: int, unit: str | None = None) -> Shift:
    """The shift of a column; `rows` are those of the table that is judged, `unit` that of times. Both have rows."""
    bins = bins_of(reference, unit)
    counts = np.stack((bins.count(reference), bins.count(current)))
    plain: dict[str, float] = {}
    beyond: dict[str, float] = {}
    means = None
    if isinstance(reference, Numbers) and isinstance(current, Numbers) and reference.present and current.present:
        steps = distances.Steps(reference, current)
        means = (reference.mean, current.mean) if unit is None else None
        if reference.deviation > 0:
            moved = steps.wasserstein()
            plain["wasserstein"] = moved / reference.deviation
            beyond["wasserstein"] = distances.beyond_chance(moved, steps.wasserstein_excess()) / reference.deviation
        plain["ks"] = steps.ks()
        beyond["ks"] = distances.beyond_chance(plain["ks"], steps.ks_excess())
    plain["jensen_shannon"] = distances.jensen_shannon(counts)
    beyond["jensen_shannon"] = distances.beyond_chance(plain["jensen_shannon"], distances.jensen_shannon_excess(counts))
    plain["cramers_v"] = distances.cramers_v(counts)
    beyond["cramers_v"] = distances.cramers_v_unbiased(counts)
    return Shift(distances.psi_estimate(counts, rows), bins, counts, plain, beyond, means)


def _short(value: float) -> float:
    return float(f"{value:.6g}")
