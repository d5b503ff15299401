"""`robustness.corruptions`: how much dirt the metric stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlgate import CheckError, Estimate, Json, Measurement, ModelError, NotApplicable, Part, check
from mlgate_robustness.search.asking import Predict
from mlgate_robustness.search.corrupting import CORRUPTIONS, Corruption
from mlgate_robustness.search.grounds import ground

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import Columns, ScoredTable, Table
    from mlgate_robustness.search.searching import Ground

SEVERITIES = (0.01, 0.03, 0.1, 0.3, 1.0)
_DEFAULT_METRIC = {"binary": "roc_auc", "multiclass": "macro_f1", "regression": "rmse"}


@check("robustness.corruptions", better="higher", default={"level": "observe", "at_least": 0.0})
def corruptions(
    scored_test: ScoredTable,
    columns: Columns,
    predict: Predict,
    train: Table | None = None,
    *,
    metric: str = "",
    floor: float | None = None,
    kinds: tuple[str, ...] = tuple(CORRUPTIONS),
    severities: tuple[float, ...] = SEVERITIES,
    most_rows: int = 2_000,
    seed: int = 0,
) -> Measurement:
    """The mildest corruption of the features at which the metric falls below its floor, and the curve to there.

    At most `most_rows` rows of the test table are corrupted at each of `severities`, and measured again:

    - `noise`: every number gets normal noise of severity times the spread of train;
    - `rounding`: every number is rounded to steps of severity times its spread;
    - `swapped`: in a share of rows the two numeric columns that lie nearest to each other change places;
    - `units`: in a share of rows one numeric column is multiplied by 1,000;
    - `nulls`: in a share of rows each cell is missing with probability one half (where train had nulls).

    The value is the smallest severity of any of `kinds` at which `metric` (roc_auc, macro_f1, rmse) is below `floor`,
    by default 0.05 worse than on the clean rows (rmse: a quarter worse), or at which the model refuses the rows; 1
    where no severity up to 1 is enough, or is left out of `severities`. Each kind stands beside it, and `data.curve`
    holds every point. Noise is drawn from `seed`. It is recorded and decides nothing until a rule says so:
    `at_least = 0.1`.

    ## What to do
    Look at the kind that breaks first. Noise and rounding ask for smoother models, swapped columns and units for a
    check of the schema before the model (`data.schema`, `data.unit_change`), nulls for an imputer in the pipeline.
    """
    if unknown := sorted(set(kinds) - set(CORRUPTIONS)):
        raise CheckError(f"there is no corruption {unknown[0]!r}.", hint=f"There are {', '.join(CORRUPTIONS)}.")
    start = ground(scored_test.table, train, columns, predict, most_rows=most_rows)
    bench = _Bench.of(scored_test, columns, predict, start, metric or _DEFAULT_METRIC[scored_test.task])
    least = floor if floor is not None else bench.default_floor
    curves = {kind: bench.curve(CORRUPTIONS[kind], severities, seed) for kind in kinds}
    breaks = {kind: bench.breaks_at(curve, least) for kind, curve in curves.items() if curve}
    if not breaks:
        raise NotApplicable("no corruption of those asked for can be made on these columns.")
    rows = start.rows.height
    return Measurement(
        Estimate(min(breaks.values()), rows),
        parts=tuple(Part(kind, Estimate(severity, rows)) for kind, severity in breaks.items()),
        notes=(f"{bench.metric} is {bench.clean:.4g} on the clean rows; its floor is {least:.4g} (seed {seed}).",),
        data={"metric": bench.metric, "clean": bench.clean, "floor": least, "curve": _points(curves), "seed": seed},
    )


@dataclass(frozen=True, slots=True)
class _Bench:
    """Measures the metric on corrupted copies of the same rows."""

    labels: pl.DataFrame
    columns: Columns
    predict: Predict
    start: Ground
    metric: str
    higher_is_better: bool
    scored: ScoredTable
    clean: float

    @classmethod
    def of(cls, scored: ScoredTable, columns: Columns, predict: Predict, start: Ground, metric: str) -> _Bench:
        from mlgate.tabular import METRICS
        from mlgate_robustness.search.grounds import drawn_rows

        if metric not in METRICS:
            raise CheckError(f"there is no metric {metric!r}.", hint=f"There are {', '.join(METRICS)}.")
        if columns.label is None:
            raise NotApplicable("a metric needs a label.")
        labels = drawn_rows(scored.table, (columns.label,), start.rows.height)
        bench = cls(labels, columns, predict, start, metric, METRICS[metric].better == "higher", scored, 0.0)
        from dataclasses import replace

        return replace(bench, clean=bench.measured(start.rows))

    @property
    def default_floor(self) -> float:
        if self.higher_is_better:
            return self.clean - 0.05
        return self.clean * 1.25

    def measured(self, rows: pl.DataFrame) -> float:
        """The metric on these features and their labels."""
        from dataclasses import replace

        from mlgate.tabular import Table, score

        table = Table.of(rows.with_columns(self.labels), uri=self.scored.table.uri)
        plain = replace(self.columns, entity=None, weight=None, time=None, slices=(), sensitive=())
        return score(table, plain, self.scored.task, self.predict(table)).metric(self.metric).value

    def curve(
        self, corruption: Corruption, severities: tuple[float, ...], seed: int
    ) -> list[tuple[float, float | None]]:
        """Severity and metric, None where the model refuses the rows; empty where the corruption can't be made."""
        points: list[tuple[float, float | None]] = []
        for severity in sorted(severities):
            corrupted = corruption(self.start, severity, np.random.default_rng(seed))
            if corrupted is None:
                return []
            try:
                points.append((severity, self.measured(corrupted)))
            except ModelError:
                points.append((severity, None))
        return points

    def breaks_at(self, curve: list[tuple[float, float | None]], floor: float) -> float:
        worse = (
            severity
            for severity, value in curve
            if value is None or (value < floor if self.higher_is_better else value > floor)
        )
        return next(worse, 1.0)


def _points(curves: Mapping[str, list[tuple[float, float | None]]]) -> dict[str, Json]:
    return {
        kind: [{"severity": severity, "value": value} for severity, value in curve] for kind, curve in curves.items()
    }
