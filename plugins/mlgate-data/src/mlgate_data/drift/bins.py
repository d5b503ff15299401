"""The bins in which two tables are compared: deciles or categories of the reference, one for missing values."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mlgate_data.drift.held import Categories, Floats, Held, Numbers

_DECILES = np.arange(1, 10) / 10
_LEAST_SHARE = 0.01
_HEAVY = 0.1


@dataclass(frozen=True, slots=True)
class Cuts:
    """Bins of numbers: up to the first cut, between cuts (the upper one belongs to the bin), above the last."""

    cuts: Floats
    unit: str | None = None
    """The unit in which numpy counts the values since 1970, where they are dates or times."""

    def count(self, column: Held) -> Floats:
        """Rows per bin, those without a value last."""
        assert isinstance(column, Numbers)
        cumulative = np.concatenate(([0.0], np.cumsum(column.counts)))
        up_to = cumulative[np.searchsorted(column.values, self.cuts, side="right")]
        return np.concatenate((np.diff(up_to, prepend=0.0, append=cumulative[-1]), [column.missing]))

    def place(self, values: Floats) -> Floats:
        """The bin of each value; the last one for NaN."""
        found = np.searchsorted(self.cuts, values, side="left")
        return np.where(np.isfinite(values), found, len(self.cuts) + 1)

    @property
    def names(self) -> list[str]:
        told = [self._name(cut) for cut in self.cuts.tolist()]
        if not told:
            return ["any", "missing"]
        between = [f"{low} to {high}" for low, high in pairwise(told)]
        ends = f"above {told[-1]}", "missing"
        if len(told) > 1 and self.cuts[0] == np.nextafter(
            self.cuts[1], -np.inf
        ):  # the least value has a bin of its own
            return [f"below {told[1]}", told[1], *between[1:], *ends]
        return [f"up to {told[0]}", *between, *ends]

    def _name(self, cut: float) -> str:
        if self.unit is None:
            return f"{cut:.6g}"
        moment = np.int64(round(cut)).astype(f"datetime64[{self.unit}]")
        return str(moment if self.unit == "D" else moment.astype("datetime64[s]"))


@dataclass(frozen=True, slots=True)
class Kept:
    """Bins of categories: one each for those kept, one for all others, new ones among them."""

    categories: tuple[str, ...]

    def count(self, column: Held) -> Floats:
        assert isinstance(column, Categories)
        kept = [column.counts.get(value, 0.0) for value in self.categories]
        return np.array([*kept, column.present - sum(kept), column.missing])

    @property
    def names(self) -> list[str]:
        return [*self.categories, "any other", "missing"]


Bins = Cuts | Kept


def bins_of(reference: Held, unit: str | None = None) -> Bins:
    """Deciles of numbers (fewer where they tie), categories that 1% of the rows have. `unit` is that of times."""
    if isinstance(reference, Categories):
        least = _LEAST_SHARE * reference.rows
        ranked = sorted(reference.counts.items(), key=lambda each: (-each[1], each[0]))
        return Kept(tuple(value for value, count in ranked if count >= least))
    return Cuts(_cuts(reference), unit)


def _cuts(reference: Numbers) -> Floats:
    """The deciles; where much of the reference lies at its least value, what is below that has a bin of its own."""
    if not len(reference.values):
        return np.zeros(0)
    cumulative = np.cumsum(reference.counts)
    places = np.searchsorted(cumulative, _DECILES * cumulative[-1])
    cuts = np.unique(reference.values[np.minimum(places, len(reference.values) - 1)])
    if reference.counts[0] >= _HEAVY * cumulative[-1]:
        cuts = np.concatenate(([np.nextafter(reference.values[0], -np.inf)], cuts))
    return cuts
