"""A table with its labels and the answers of one or two models, ready to be measured."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.errors import CheckError, MlgateError, NoChampion, NotApplicable
from mlgate.results import IN_DOUBT, Comparison, Json, SliceMeasurement
from mlgate.stats import Estimate
from mlgate.tabular import calibration, curves
from mlgate.tabular.chance import UNBIASED
from mlgate.tabular.columns import Columns, Task
from mlgate.tabular.comparing import compared, flips
from mlgate.tabular.estimates import estimate_of
from mlgate.tabular.groups import SensitiveGroups
from mlgate.tabular.measuring import Bench, Question, Reading
from mlgate.tabular.metrics import METRICS
from mlgate.tabular.partition import Slices, Spec
from mlgate.tabular.predictions import Predictions
from mlgate.tabular.rows import Rows
from mlgate.tabular.side import SideFile
from mlgate.tabular.slicing import Slicer
from mlgate.tabular.table import Table
from mlgate.tabular.tabulate import Axis, Numbers
from mlgate.tabular.tallies import room


class ScoredTable:
    """What every performance and fairness check measures on. Make one with `mlgate.tabular.score`.

    Metrics are asked by name (`METRICS`), with `threshold` for decisions from scores, or `rate` for the share of rows
    that is predicted positive; further options are a metric's own: `k` of top_k, `quantile` of quantile_loss, the
    columns `low` and `high` of coverage.
    """

    def __init__(
        self,
        table: Table,
        columns: Columns,
        rows: Rows,
        candidate: Predictions,
        *,
        champion_problem: MlgateError | None = None,
        side: SideFile | None = None,
        slices: Slices | None = None,
    ) -> None:
        self.table = table
        self._side = side
        self.columns = columns
        self.task = rows.task
        self.classes = rows.classes
        self.rows = rows.count
        self.candidate = candidate
        self._champion_problem = champion_problem
        self._rows = rows
        self._slices = slices or Slices(table, (columns.slices, [(name,) for name in columns.sensitive]), room(rows))
        self._candidate = Bench(rows, rows.candidate, self._slices)
        self._champion = Bench(rows, rows.champion, self._slices) if rows.champion is not None else None
        self._slicer = Slicer(self._slices)

    @property
    def has_champion(self) -> bool:
        return self._champion is not None

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why scores are no probabilities: a note on all that is measured with them."""
        benches = (self._candidate,) if self._champion is None else (self._candidate, self._champion)
        told = (bench.answers.doubt for bench in benches)
        return tuple(f"{IN_DOUBT}{doubt}. Such scores can be ranked, not read." for doubt in told if doubt is not None)

    def versus(self, rival: Predictions) -> ScoredTable:
        """The candidate beside other answers on the same rows. Raises `ModelError` where they don't fit the table."""
        from mlgate.tabular.scoring import score

        side = None if self._side is None else self._side.opened
        return score(self.table, self.columns, self.task, self.candidate, rival, slices=self._slices, side=side)

    def metric(self, name: str, *, threshold: float = 0.5, rate: float | None = None, **options: Any) -> Estimate:
        """The candidate's metric on all rows.

        Raises `NotApplicable` on another task or where it has no value, `CheckError` where it needs scores and only
        labels are there.
        """
        bench = self._candidate
        question = self._question(name, bench, threshold, rate, options)
        return self._estimate(question, bench, bench.read(question))

    def champion_metric(
        self, name: str, *, threshold: float = 0.5, rate: float | None = None, **options: Any
    ) -> Estimate:
        """The champion's metric on the same rows. Raises `NoChampion` without one."""
        bench = self._rival()
        question = self._question(name, bench, threshold, rate, options)
        return self._estimate(question, bench, bench.read(question))

    def compare(self, name: str, *, threshold: float = 0.5, rate: float | None = None, **options: Any) -> Comparison:
        """The champion's metric and the paired difference candidate - champion, on the same rows."""
        here, there = self._candidate, self._rival()
        ours = self._question(name, here, threshold, rate, options)
        theirs = self._question(name, there, threshold, rate, options)
        readings = here.read(ours, by_row=True), there.read(theirs, by_row=True)
        difference = compared(self._rows, here, there, (ours, theirs), readings)
        return Comparison(self._estimate(theirs, there, readings[1]), difference)

    def by_slice(
        self, name: str, spec: Spec, *, threshold: float = 0.5, rate: float | None = None, **options: Any
    ) -> tuple[SliceMeasurement, ...]:
        """The candidate's metric on the rows of every value of the columns of `spec`, where it has a value."""
        bench = self._candidate
        question = self._question(name, bench, threshold, rate, options)
        found = self._slicer.readings(bench, question, spec)
        return tuple(
            SliceMeasurement(keys, self._estimate(question, bench, reading))
            for keys, reading in found
            if reading is not None
        )

    def slice_gaps(
        self,
        name: str,
        specs: Sequence[Spec],
        *,
        threshold: float = 0.5,
        rate: float | None = None,
        **options: Any,
    ) -> tuple[SliceMeasurement, ...]:
        """Each slice minus the rest of the rows, signed so that positive is worse.

        A slice on which the metric has no value has a gap of 0 with a support of 0: nothing can be decided on it.
        """
        bench = self._candidate
        question = self._question(name, bench, threshold, rate, options)
        found = (self._slicer.gaps(bench, question, spec, _sign(name)) for spec in specs)
        return tuple(SliceMeasurement(keys, gap) for spec in found for keys, gap in spec)

    def slice_comparisons(
        self,
        name: str,
        specs: Sequence[Spec],
        *,
        threshold: float = 0.5,
        rate: float | None = None,
        **options: Any,
    ) -> tuple[SliceMeasurement, ...]:
        """Candidate against champion within each slice, paired, signed so that positive is worse than the champion."""
        here, there = self._candidate, self._rival()
        asked = (
            self._question(name, here, threshold, rate, options),
            self._question(name, there, threshold, rate, options),
        )
        found = (
            self._slicer.comparisons(self._rows, here, there, asked, spec=spec, sign=_sign(name)) for spec in specs
        )
        return tuple(SliceMeasurement(keys, gap) for spec in found for keys, gap in spec)

    @cached_property
    def groups(self) -> SensitiveGroups:
        """The rows by their sensitive columns, for what compares groups of people."""
        return SensitiveGroups(self.table, self.columns, self._rows.sampling, self._side, self._slices)

    def ranks(self, *, champion: bool = False) -> Axis:
        """The bin of every row's score, in the order of the scores: for metrics of two classes' ranking."""
        binned = (self._rival() if champion else self._candidate).binned("A ranking")
        return Axis(binned.codes, 1 << binned.bits)

    def labels(self) -> NDArray[Any]:
        """The truth of every row: the place of its class in `classes`, or the number itself in a regression."""
        return self._rows.label

    def scores(self, *, champion: bool = False) -> Numbers:
        """The scores of every row, shape (rows, classes). Raises `CheckError` where the model gives labels alone."""
        return _by_class((self._rival() if champion else self._candidate).answers.needed_scores("This check"))

    def probabilities(self, metric: str, *, champion: bool = False) -> Numbers:
        """`scores`, for a metric that reads them as such. Raises `ModelError` where they are no probabilities."""
        return _by_class((self._rival() if champion else self._candidate).answers.probabilities(metric))

    def decisions(self, threshold: float = 0.5, *, champion: bool = False) -> NDArray[Any]:
        """The class that each row is given, as its place in `classes`; scores from `threshold` on are positive."""
        return (self._rival() if champion else self._candidate).decisions(threshold)

    def numbers(self, *, champion: bool = False) -> Numbers:
        """The predictions of a regression, shape (rows,). Raises `NotApplicable` on classes."""
        values = (self._rival() if champion else self._candidate).answers.values
        if values is None:
            raise NotApplicable(f"Numbers are predicted in a regression, and this task is {self.task}.")
        return values

    def flips(self, *, threshold: float = 0.5) -> Estimate:
        """The share of rows that the champion decides right and the candidate wrong (negative flips)."""
        rival = self._rival()
        if self.task is Task.REGRESSION:
            raise NotApplicable("Flips are counted on decisions, and this is a regression.")
        return flips(self._rows, self._candidate, rival, threshold)

    def calibration(self) -> tuple[Estimate, Estimate, Estimate, dict[str, Json]]:
        """Calibration error, slope and intercept of the candidate, and the points of its curve."""
        if self.task is not Task.BINARY:
            raise NotApplicable("Calibration is measured on two classes.")
        names = ("ece", "calibration_slope", "calibration_intercept")
        error, slope, intercept = (self.metric(name) for name in names)
        cut = self._candidate.cut(Question(METRICS["ece"]))
        return error, slope, intercept, calibration.curve(cut)

    def roc(self, *, champion: bool = False) -> dict[str, Json]:
        """At most 100 points of the ROC curve. Two classes, with rows of both."""
        return curves.roc((self._rival() if champion else self._candidate).ranked("roc_auc"))

    def precision_recall(self, *, champion: bool = False) -> dict[str, Json]:
        """At most 100 points of the precision-recall curve. Two classes, with rows of both."""
        return curves.precision_recall((self._rival() if champion else self._candidate).ranked("average_precision"))

    def _rival(self) -> Bench:
        if self._champion_problem is not None:
            raise CheckError(f"The champion can't be compared with: {self._champion_problem}")
        if self._champion is None:
            raise NoChampion("There is no champion to compare with.")
        return self._champion

    def _question(
        self, name: str, bench: Bench, threshold: float, rate: float | None, options: dict[str, Any]
    ) -> Question:
        metric = METRICS[name]
        if self.task not in metric.tasks:
            raise NotApplicable(f"{name} is not a metric of {self.task} tasks.")
        asked = {key: value for key, value in options.items() if value is not None}
        columns = self._columns(asked) if name == "coverage" else {}
        if rate is not None and self.task is Task.BINARY:
            threshold = _threshold_at(rate, bench.answers.needed_scores(f"{name} at a rate"))
        return Question(metric, threshold, asked, columns)

    def _columns(self, options: dict[str, Any]) -> dict[str, Numbers]:
        if not {"low", "high"} <= options.keys():
            raise CheckError("coverage needs the columns of the interval's bounds.", hint="Set `low` and `high`.")
        data = self.table.collect([str(options["low"]), str(options["high"])])
        return {side: data[str(options[side])].cast(float).to_numpy() for side in ("low", "high")}

    def _estimate(self, question: Question, bench: Bench, reading: Reading) -> Estimate:
        metric, sampling = question.metric, self._rows.sampling
        if metric.name in UNBIASED and reading.rows == self.rows:
            reading = UNBIASED[metric.name](bench, question, reading)
        return estimate_of(metric, reading, sampling, binomial=question.binomial(self.task))


def _sign(name: str) -> int:
    return -1 if METRICS[name].better == "higher" else 1


def _threshold_at(rate: float, scores: Numbers) -> float:
    """The score from which on the share `rate` of the rows is positive (more, where rows tie at it)."""
    if not 0 < rate <= 1:
        raise CheckError(f"a rate lies above 0 and up to 1, not at {rate:g}.")
    place = max(round(rate * len(scores)), 1) - 1
    return float(np.partition(scores, len(scores) - 1 - place)[len(scores) - 1 - place])


def _by_class(scores: Numbers) -> Numbers:
    """Shape (rows, classes): of two classes, answers keep the positive one's alone."""
    return np.column_stack((1 - scores, scores)) if scores.ndim == 1 else scores
