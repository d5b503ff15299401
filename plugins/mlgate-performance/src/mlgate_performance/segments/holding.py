"""Segments on the rows that were held back: their metric, how much worse they are than the rest, and how surely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlgate import CheckError, Estimate
from mlgate.tabular import Columns, Predictions, Table, Task, score

if TYPE_CHECKING:
    from mlgate import SliceMeasurement
    from mlgate.tabular import ScoredTable
    from mlgate_performance.segments.study import Study

ALPHA = 0.025
"""One-sided, as of the two-sided 95% interval."""

Rows = NDArray[np.intp]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Held:
    """The rows held back as a table of their own, with one column per segment that says whether a row is inside."""

    study: Study
    scored: ScoredTable
    names: tuple[str, ...]
    extra: Mapping[str, Any]

    @classmethod
    def of(cls, study: Study) -> Held:
        import polars as pl

        whole, rows = study.scored, study.held
        roles = {"label": whole.columns.label, "weight": whole.columns.weight, "entity": whole.columns.entity}
        taken = {role: whole.table.collect([name])[name].gather(rows) for role, name in roles.items() if name}
        inside = {f"segment {place}": each.inside[rows] for place, each in enumerate(study.segments)}
        extra = {**{role: values for role, values in taken.items() if role != "label"}, **inside}
        columns = Columns(
            label="label",
            positive=whole.columns.positive,
            weight="weight" if "weight" in taken else None,
            entity="entity" if "entity" in taken else None,
        )
        rival = _part(whole, rows, champion=True) if whole.has_champion else None
        table = Table.of(pl.DataFrame({"label": taken["label"], **extra}))
        return cls(study, score(table, columns, whole.task, _part(whole, rows), rival), tuple(inside), extra)

    def values(self, threshold: float) -> list[tuple[Estimate, Estimate]]:
        """The metric on each segment, and on all other rows."""
        return [_sides(self.scored, self.study.metric.name, name, threshold) for name in self.names]

    def champion_values(self, threshold: float) -> list[Estimate]:
        """The champion's metric on each segment."""
        half = self.scored
        alone = score(half.table, half.columns, half.task, _part(half, np.arange(half.rows), champion=True))
        return [_sides(alone, self.study.metric.name, name, threshold)[0] for name in self.names]

    def gaps(self, loss: Numbers) -> list[Estimate]:
        """Mean loss (one per row held back): each segment's less that of all other rows.

        It is the mean error of `loss` taken as a prediction of 0, which weights and entities go into.
        """
        import polars as pl

        frame = pl.DataFrame({"nothing": np.zeros(len(loss)), **self.extra})
        columns = Columns(label="nothing", weight=self.scored.columns.weight, entity=self.scored.columns.entity)
        costs = score(Table.of(frame), columns, Task.REGRESSION, Predictions.numbers(loss))
        return _inside(costs.slice_gaps("bias", [(name,) for name in self.names]))

    def comparisons(self, threshold: float) -> list[Estimate]:
        """Candidate against champion on each segment, paired; above 0 the candidate is worse."""
        specs = [(name,) for name in self.names]
        return _inside(self.scored.slice_comparisons(self.study.metric.name, specs, threshold=threshold))


def _inside(found: Sequence[SliceMeasurement]) -> list[Estimate]:
    return [each.estimate for each in found if "True" in each.slice.values()]


def _sides(scored: ScoredTable, metric: str, name: str, threshold: float) -> tuple[Estimate, Estimate]:
    by_side = {each.slice[name]: each.estimate for each in scored.by_slice(metric, (name,), threshold=threshold)}
    return by_side["True"], by_side["False"]


def shown(estimates: Sequence[Estimate], bound: float) -> list[bool]:
    """Which of the estimates are shown to lie above the bound, all of them together wrong in 2.5% of cases at most.

    Holm (1979), A simple sequentially rejective multiple test procedure: Scandinavian Journal of Statistics 6, 65-70.
    """
    values = [each.p_value_above(bound) for each in estimates]
    holds = [False] * len(values)
    for rank, place in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        if values[place] > ALPHA / (len(values) - rank):
            break
        holds[place] = True
    return holds


def _part(scored: ScoredTable, rows: Rows, *, champion: bool = False) -> Predictions:
    """One model's answers on some of the rows."""
    if scored.task is Task.REGRESSION:
        return Predictions.numbers(scored.numbers(champion=champion)[rows])
    try:
        return Predictions.scores(scored.scores(champion=champion)[rows], scored.classes)
    except CheckError:
        classes = np.empty(len(scored.classes), dtype=object)
        classes[:] = scored.classes
        return Predictions.labels(classes[scored.decisions(champion=champion)[rows]])
