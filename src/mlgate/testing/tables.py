"""Small scored tables whose quality is known beforehand, for the tests of checks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlgate.tabular import Predictions, ScoredTable, Task

    Floats = NDArray[np.float64]

Groups = Mapping[str, Sequence[str]]
"""Columns to draw at random, each with the values to draw from."""


def binary_scored_table(
    rows: int = 1_000,
    *,
    auc: float = 0.8,
    champion_auc: float | None = None,
    positives: float = 0.5,
    groups: Groups | None = None,
    seed: int = 0,
) -> ScoredTable:
    """Rows of which a share of `positives` has the label 1, scored so that the expected area under the ROC curve is
    `auc`. Scores are calibrated probabilities. The champion, if there is one, errs on much the same rows.

    Scores are normal within each class, 1 standard deviation wide and sqrt(2) probit(auc) apart (Green and Swets,
    1966, Signal detection theory).
    """
    import numpy as np

    from mlgate.tabular import Predictions, Task

    random = np.random.default_rng(seed)
    label = (np.arange(rows) < round(rows * positives)).astype(np.int64)
    random.shuffle(label)
    shared = random.standard_normal(rows)
    own = 0.8 * shared + 0.6 * random.standard_normal(rows)

    def answers(noise: Floats, area: float) -> Predictions:
        probability = _calibrated(noise, label, area, positives)
        return Predictions.scores(np.column_stack((1 - probability, probability)), (0, 1))

    champion = None if champion_auc is None else answers(own, champion_auc)
    return _scored(label, Task.BINARY, answers(shared, auc), champion, groups=groups, random=random)


def _calibrated(noise: Floats, label: NDArray[np.int64], auc: float, positives: float) -> Floats:
    """The probability of a 1 given a normal score whose mean is `apart` higher for the ones (Bayes)."""
    import numpy as np

    apart = math.sqrt(2) * NormalDist().inv_cdf(auc)
    log_odds = apart * (noise + apart * label) - apart * apart / 2 + math.log(positives / (1 - positives))
    probability: Floats = 1 / (1 + np.exp(-log_odds))
    return probability


def multiclass_scored_table(
    rows: int = 1_000,
    *,
    classes: Sequence[str] = ("a", "b", "c"),
    accuracy: float = 0.8,
    champion_accuracy: float | None = None,
    groups: Groups | None = None,
    seed: int = 0,
) -> ScoredTable:
    """Rows of classes that are equally frequent; the highest score is the true class's with probability `accuracy`."""
    import numpy as np

    from mlgate.tabular import Predictions, Task

    random = np.random.default_rng(seed)
    label = random.integers(len(classes), size=rows)
    luck = random.random(rows)  # nosec B311 # numpy's generator, for tables of tests

    def answers(share: float) -> Predictions:
        scores = random.dirichlet(np.ones(len(classes)), size=rows)
        scores.sort(axis=1)
        shift = np.where(luck < share, 0, random.integers(1, len(classes), size=rows))
        order = (label[:, None] + shift[:, None] + 1 + np.arange(len(classes))) % len(classes)
        placed = np.empty_like(scores)
        np.put_along_axis(placed, order, scores, axis=1)
        return Predictions.scores(placed, tuple(classes))

    champion = None if champion_accuracy is None else answers(champion_accuracy)
    return _scored(np.array(classes)[label], Task.MULTICLASS, answers(accuracy), champion, groups=groups, random=random)


def regression_scored_table(
    rows: int = 1_000,
    *,
    rmse: float = 1.0,
    champion_rmse: float | None = None,
    groups: Groups | None = None,
    seed: int = 0,
) -> ScoredTable:
    """Rows whose label is normal around 100 with standard deviation 10, predicted with normal errors of size `rmse`."""
    import numpy as np

    from mlgate.tabular import Predictions, Task

    random = np.random.default_rng(seed)
    label = random.normal(100.0, 10.0, rows)
    shared, own = random.standard_normal(rows), random.standard_normal(rows)
    mixed = (shared + own) / math.sqrt(2)
    candidate = Predictions.numbers(label + rmse * shared)
    champion = None if champion_rmse is None else Predictions.numbers(label + champion_rmse * mixed)
    return _scored(label, Task.REGRESSION, candidate, champion, groups=groups, random=random)


def _scored(
    label: NDArray[Any],
    task: Task,
    candidate: Predictions,
    champion: Predictions | None,
    *,
    groups: Groups | None,
    random: np.random.Generator,
) -> ScoredTable:
    """Answers beside labels, with groups drawn at random."""
    import polars as pl

    from mlgate.tabular import Columns, Table, Task, score

    drawn = {
        name: random.choice(list(values), size=len(label))  # nosec B311 # numpy's generator, for tables of tests
        for name, values in (groups or {}).items()
    }
    table = Table.of(pl.DataFrame({"label": label, **drawn}), uri="memory:test")
    positive = 1 if task is Task.BINARY else None
    columns = Columns(label="label", positive=positive, slices=tuple((name,) for name in drawn))
    return score(table, columns, task, candidate, champion)
