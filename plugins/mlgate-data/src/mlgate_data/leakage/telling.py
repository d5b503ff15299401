"""How far one column alone goes from a constant answer to a perfect one: learned on train, told on test."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate import Estimate
from mlgate_data.leakage.coding import Coded, Codes, Numbers
from mlgate_data.leakage.scattering import Entities, explained, informed

Answers = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Told:
    """How far a column goes on the test rows, with its interval, and on the rows that it learned from."""

    test: Estimate
    train: float


@dataclass(frozen=True, slots=True)
class Classes:
    """Labels as codes below `count`; `entities` are those of the training and of the test rows, where there are any."""

    train: Codes
    test: Codes
    count: int
    entities: tuple[Entities, Entities] | None = None

    def answers(self, column: Coded) -> tuple[Answers, Answers]:
        """What the column answers to the rows that it learned from, and to the others.

        Every value of the column answers with the class that is most over-represented there.
        """
        cells = np.bincount(column.train * self.count + self.train, minlength=column.levels * self.count)
        table = cells.reshape(column.levels, self.count)
        answers = np.argmax(table / np.maximum(1, table.sum(axis=0)), axis=1)
        answers[table.sum(axis=1) == 0] = np.argmax(table.sum(axis=0))
        return answers[column.train], answers[column.test]

    def judged(self, answers: Answers, labels: Answers, entities: Entities | None) -> Estimate:
        """By balanced accuracy, set so that a constant answer has 0 and a perfect one 1 (Youden's index for two)."""
        return informed(answers, labels, self.count, entities)

    def part(self, learned: Codes, held: Codes) -> Classes:
        """Some training rows to learn from, others of them to answer."""
        return replace(self, train=self.train[learned], test=self.train[held])


@dataclass(frozen=True, slots=True)
class Values:
    """Labels as finite numbers; `entities` are those of the training and of the test rows, where there are any."""

    train: Numbers
    test: Numbers
    entities: tuple[Entities, Entities] | None = None

    def answers(self, column: Coded) -> tuple[Answers, Answers]:
        """What the column answers to the rows that it learned from, and to the others.

        Every bin answers with the median of its training rows, and between two bins of numbers with what lies between.
        """
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

    def judged(self, answers: Answers, labels: Answers, entities: Entities | None) -> Estimate:
        """By the share of the median's absolute error that is gone."""
        return explained(answers, labels, float(np.median(self.train)), entities)

    def part(self, learned: Codes, held: Codes) -> Values:
        """Some training rows to learn from, others of them to answer."""
        return replace(self, train=self.train[learned], test=self.train[held])


Labels = Classes | Values


def tell(labels: Labels, column: Coded) -> Told:
    """How far the column goes on either side, by what it learned on train."""
    here, there = labels.answers(column)
    of_train, of_test = labels.entities or (None, None)
    return Told(labels.judged(there, labels.test, of_test), labels.judged(here, labels.train, of_train).value)


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
