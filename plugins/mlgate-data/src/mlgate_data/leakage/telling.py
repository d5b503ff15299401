"""How far one column alone goes from a constant answer to a perfect one: learned on train, told on test."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlgate import Estimate, Spread
from mlgate_data.leakage.coding import Coded, Codes, Numbers


@dataclass(frozen=True, slots=True)
class Told:
    """How far a column goes on the test rows, with its interval, and on the rows that it learned from."""

    test: Estimate
    train: float


@dataclass(frozen=True, slots=True)
class Classes:
    """Labels as codes below `count`; `names` are for nobody but a reader."""

    train: Codes
    test: Codes
    count: int

    def tell(self, column: Coded) -> Told:
        """By balanced accuracy, set so that a constant answer has 0 and a perfect one 1 (Youden's index for two).

        Every value of the column answers with the class that is most over-represented there.
        """
        cells = np.bincount(column.train * self.count + self.train, minlength=column.levels * self.count)
        table = cells.reshape(column.levels, self.count)
        answers = np.argmax(table / np.maximum(1, table.sum(axis=0)), axis=1)
        answers[table.sum(axis=1) == 0] = np.argmax(table.sum(axis=0))
        return Told(
            _informed(answers[column.test], self.test, self.count),
            _informed(answers[column.train], self.train, self.count).value,
        )


@dataclass(frozen=True, slots=True)
class Values:
    """Labels as finite numbers."""

    train: Numbers
    test: Numbers

    def tell(self, column: Coded) -> Told:
        """By the share of the median's absolute error that is gone.

        Every bin answers with the median of its training rows, and between two bins of numbers with what lies between.
        """
        constant = float(np.median(self.train))
        answers = self.answers(column)
        return Told(_explained(answers[1], self.test, constant), _explained(answers[0], self.train, constant).value)

    def answers(self, column: Coded) -> tuple[Numbers, Numbers]:
        """What the column answers to the rows that it learned from, and to the others."""
        constant = float(np.median(self.train))
        medians = _medians(column.train, self.train, column.levels, constant)
        if column.numbers is None:
            return medians[column.train], medians[column.test]
        here, there = column.numbers
        known = np.unique(column.train[column.train > 0])
        if not len(known):
            return medians[column.train], medians[column.test]
        middles = _medians(column.train, here, column.levels, 0.0)[known]
        return (
            np.where(np.isnan(here), medians[0], np.interp(here, middles, medians[known])),
            np.where(np.isnan(there), medians[0], np.interp(there, middles, medians[known])),
        )


Labels = Classes | Values


def _informed(answers: NDArray[np.intp], labels: Codes, count: int) -> Estimate:
    """The recalls' mean between chance and 1. The standard error is that of independent recalls; one half is added to
    hits and misses, so that a recall of 1 is no certainty."""
    rows = np.bincount(labels, minlength=count)
    hits = np.bincount(labels[answers == labels], minlength=count)
    rows, hits = rows[rows > 0], hits[rows > 0]
    chance = 1 / len(rows)
    value = (float(np.mean(hits / rows)) - chance) / (1 - chance)
    shares = (hits + 0.5) / (rows + 1)
    se = math.sqrt(float(np.sum(shares * (1 - shares) / (rows + 1)))) / len(rows) / (1 - chance)
    return Estimate(value, int(rows.sum()), Spread("stratified-wald", se, most=1.0))


def _explained(answers: Numbers, labels: Numbers, constant: float) -> Estimate:
    """1 - the ratio of two mean absolute errors on the same rows; the delta method's standard error of a ratio."""
    errors, base = np.abs(labels - answers), np.abs(labels - constant)
    whole = float(base.sum())
    ratio = float(errors.sum()) / whole
    se = float(np.std(errors - ratio * base)) * math.sqrt(len(labels)) / whole
    return Estimate(1 - ratio, len(labels), Spread("ratio-delta", se, most=1.0))


def _medians(codes: Codes, values: Numbers, levels: int, otherwise: float) -> Numbers:
    """The median of `values` at each code; `otherwise` where there is none."""
    order = np.lexsort((values, codes))
    ranked, starts = values[order], np.searchsorted(codes[order], np.arange(levels + 1))
    counts = np.diff(starts)
    found = np.full(levels, otherwise)
    some = counts > 0
    low, high = starts[:-1] + (counts - 1) // 2, starts[:-1] + counts // 2
    found[some] = (ranked[low[some]] + ranked[high[some]]) / 2
    return found
