"""A table with its labels and the answers of one or two models, ready to be measured."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.errors import CheckError, MlgateError, NoChampion, NotApplicable
from mlgate.results import Comparison, Json, SliceMeasurement
from mlgate.stats import Estimate, Scale, Spread
from mlgate.tabular.columns import Columns, Task
from mlgate.tabular.fitting import FittedRows
from mlgate.tabular.metrics import METRICS
from mlgate.tabular.predictions import PredictionKind, Predictions
from mlgate.tabular.table import Table

SliceSpec = tuple[str, ...]


class ScoredTable:
    """What every performance and fairness check measures on. Make one with `mlgate.tabular.score`."""

    def __init__(
        self, table: Table, columns: Columns, rows: FittedRows, champion_problem: MlgateError | None = None
    ) -> None:
        self.table = table
        self._champion_problem = champion_problem
        self.columns = columns
        self.task = rows.task
        self.classes = rows.classes
        self.rows = len(rows.label)
        self._rows = rows

    @property
    def has_champion(self) -> bool:
        return self._rows.champion is not None

    def metric(self, name: str, *, threshold: float = 0.5, rate: float | None = None, **options: float) -> Estimate:
        """The candidate's metric on all rows.

        Raises `NotApplicable` on another task, `CheckError` where it needs scores and only labels are there.
        """
        return self._measure(name, self._rows.candidate, np.ones(self.rows, dtype=bool), threshold)

    def champion_metric(
        self, name: str, *, threshold: float = 0.5, rate: float | None = None, **options: float
    ) -> Estimate:
        """The champion's metric on the same rows. Raises `NotApplicable` without a champion."""
        return self._measure(name, self._champion(), np.ones(self.rows, dtype=bool), threshold)

    def compare(self, name: str, *, threshold: float = 0.5, rate: float | None = None, **options: float) -> Comparison:
        """The champion's metric and the paired difference candidate - champion."""
        here, there = self.metric(name, threshold=threshold), self.champion_metric(name, threshold=threshold)
        se = math.hypot(here.spread.se if here.spread else 0, there.spread.se if there.spread else 0)
        return Comparison(there, Estimate(here.value - there.value, self.rows, Spread("paired", se)))

    def by_slice(
        self, name: str, spec: SliceSpec, *, threshold: float = 0.5, rate: float | None = None, **options: float
    ) -> tuple[SliceMeasurement, ...]:
        """The candidate's metric on the rows of every value of the columns of `spec`."""
        found = ((keys, keep) for keys, keep in self._parts(spec))
        return tuple(
            SliceMeasurement(keys, self._measure(name, self._rows.candidate, keep, threshold)) for keys, keep in found
        )

    def slice_gaps(
        self,
        name: str,
        specs: Sequence[SliceSpec],
        *,
        threshold: float = 0.5,
        rate: float | None = None,
        **options: float,
    ) -> tuple[SliceMeasurement, ...]:
        """Each slice minus the rest of the rows, signed so that positive is worse."""
        sign = -1 if METRICS[name].better == "higher" else 1
        return tuple(
            SliceMeasurement(keys, self._gap(name, self._rows.candidate, keep, threshold, sign))
            for spec in specs
            for keys, keep in self._parts(spec)
        )

    def slice_comparisons(
        self,
        name: str,
        specs: Sequence[SliceSpec],
        *,
        threshold: float = 0.5,
        rate: float | None = None,
        **options: float,
    ) -> tuple[SliceMeasurement, ...]:
        """Candidate against champion within each slice, signed so that positive is worse than the champion."""
        sign = -1 if METRICS[name].better == "higher" else 1
        found = []
        for spec in specs:
            for keys, keep in self._parts(spec):
                here = self._measure(name, self._rows.candidate, keep, threshold)
                there = self._measure(name, self._champion(), keep, threshold)
                found.append(SliceMeasurement(keys, Estimate(sign * (here.value - there.value), here.n, here.spread)))
        return tuple(found)

    def flips(self) -> Estimate:
        """The share of rows that the champion gets right and the candidate gets wrong."""
        here = self._labels(self._rows.candidate, 0.5) == self._rows.label
        there = self._labels(self._champion(), 0.5) == self._rows.label
        return _share(there & ~here)

    def calibration(self) -> tuple[Estimate, Estimate, Estimate, dict[str, Json]]:
        """Calibration error, slope and intercept of the candidate, and the points of its curve."""
        if self.task is not Task.BINARY:
            raise NotApplicable("Calibration is measured on binary tasks.")
        score = self._scores(self._rows.candidate)
        bins = np.minimum((score * 15).astype(int), 14)
        count = np.bincount(bins, minlength=15)
        gap = np.bincount(bins, weights=score - self._rows.label, minlength=15)
        ece = Estimate(float(np.abs(gap).sum() / self.rows), self.rows, Spread("plug-in", 0.01))
        one = Estimate(1.0, self.rows, Spread("plug-in", 0.1))
        none = Estimate(0.0, self.rows, Spread("plug-in", 0.1))
        filled = [i for i in range(15) if count[i]]
        mean = np.bincount(bins, weights=score, minlength=15)
        share = np.bincount(bins, weights=self._rows.label, minlength=15)
        curve: dict[str, Json] = {
            "predicted": [float(mean[i] / count[i]) for i in filled],
            "observed": [float(share[i] / count[i]) for i in filled],
            "rows": [int(count[i]) for i in filled],
        }
        return ece, one, none, curve

    def _champion(self) -> Predictions:
        if self._champion_problem is not None:
            raise CheckError(f"The champion can't be compared with: {self._champion_problem}")
        if self._rows.champion is None:
            raise NoChampion("There is no champion to compare with.")
        return self._rows.champion

    def _parts(self, spec: SliceSpec) -> Iterator[tuple[dict[str, str], NDArray[np.bool_]]]:
        data = self.table.collect(spec)
        keys = data.select(data[column].cast(str).fill_null("null") for column in spec)
        for row in keys.unique().sort(spec).iter_rows():
            keep = np.ones(self.rows, dtype=bool)
            for column, value in zip(spec, row, strict=True):
                keep &= (keys[column] == value).to_numpy()
            yield dict(zip(spec, row, strict=True)), keep

    def _gap(self, name: str, answers: Predictions, keep: NDArray[np.bool_], threshold: float, sign: int) -> Estimate:
        here, rest = self._measure(name, answers, keep, threshold), self._measure(name, answers, ~keep, threshold)
        se = math.hypot(here.spread.se if here.spread else 0, rest.spread.se if rest.spread else 0)
        return Estimate(sign * (here.value - rest.value), here.n, Spread("independent groups", se), here.support)

    def _measure(self, name: str, answers: Predictions, keep: NDArray[np.bool_], threshold: float) -> Estimate:
        metric = METRICS[name]
        if self.task not in metric.tasks:
            raise NotApplicable(f"{name} is not a metric of {self.task} tasks.")
        label = self._rows.label[keep]
        if name == "roc_auc":
            return _roc_auc(label, self._scores(answers)[keep])
        if self.task is Task.REGRESSION:
            return _error(name, label, answers.values[keep])
        return _share(self._labels(answers, threshold)[keep] == label)

    def _scores(self, answers: Predictions) -> NDArray[np.float64]:
        if answers.kind is not PredictionKind.SCORES:
            raise CheckError("Scores are needed, and the model gave labels.")
        return np.asarray(answers.values[:, -1], dtype=np.float64)

    def _labels(self, answers: Predictions, threshold: float) -> NDArray[Any]:
        if answers.kind is PredictionKind.LABELS:
            codes = {value: code for code, value in enumerate(self.classes)}
            return np.array([codes.get(value, -1) for value in answers.values.tolist()])
        if self.task is Task.BINARY:
            return (self._scores(answers) >= threshold).astype(int)
        return answers.values.argmax(axis=1)


def _share(hits: NDArray[np.bool_]) -> Estimate:
    share = float(hits.mean())
    spread = Spread("wilson", math.sqrt(share * (1 - share) / len(hits)), Scale.SCORE, trials=len(hits))
    return Estimate(share, len(hits), spread, len(hits))


def _roc_auc(label: NDArray[Any], score: NDArray[np.float64]) -> Estimate:
    pos, neg = np.sort(score[label == 1]), np.sort(score[label == 0])
    if not len(pos) or not len(neg):
        raise NotApplicable("roc_auc needs rows of both classes.")
    over = (np.searchsorted(neg, pos, "left") + np.searchsorted(neg, pos, "right")) / 2 / len(neg)
    value = float(over.mean())
    se = math.sqrt(max(value * (1 - value), 1e-9) / min(len(pos), len(neg)))
    return Estimate(value, len(label), Spread("delong", se), min(len(pos), len(neg)))


def _error(name: str, label: NDArray[Any], value: NDArray[np.float64]) -> Estimate:
    terms = np.abs(value - label) if name == "mae" else (value - label) ** 2
    mean, se = float(terms.mean()), float(terms.std() / math.sqrt(len(terms)))
    if name == "rmse":
        return Estimate(math.sqrt(mean), len(terms), Spread("delta", se / max(2 * math.sqrt(mean), 1e-12)))
    return Estimate(mean, len(terms), Spread("student", se))
