"""Answers have the shape, range and classes that they claim."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from mlgate import Finding
from mlgate.tabular import PredictionKind, Task
from mlgate_robustness.contract.clause import Bench, breach

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable

_SUM = 1e-4
_SURE = 4.0
"""Standard errors below 0.5 at which an AUC shows that scores run the wrong way: by chance in 3 of 100,000 runs."""


def probabilities(bench: Bench) -> Iterator[Finding]:
    """Scores of classes lie in [0, 1], and those of a row add up to one."""
    said = bench.answers.said
    if said.kind is not PredictionKind.SCORES:
        return
    low, high = float(said.values.min()), float(said.values.max())
    if low < -_SUM or high > 1 + _SUM:
        yield breach("probabilities", f"scores run from {low:.6g} to {high:.6g}, outside 0 to 1.")
        return
    sums = said.values.sum(axis=1)
    if said.values.shape[1] > 1 and np.abs(sums - 1).max() > _SUM:
        row = int(np.abs(sums - 1).argmax())
        yield breach("probabilities", f"the scores of a row add up to {sums[row]:.6g}, not to 1.", row=row)


def class_order(scored: ScoredTable) -> Iterator[Finding]:
    """The scores of a class are those of that class: no class that has rows is ranked the wrong way round."""
    if scored.task is Task.REGRESSION or scored.candidate.kind is not PredictionKind.SCORES:
        return
    labels, scores = scored.labels(), scored.scores()
    wrong = [
        (scored.classes[place], auc)
        for place in range(len(scored.classes))
        if (auc := _backwards(scores[:, place], labels == place)) is not None
    ]
    if scored.task is Task.BINARY and wrong:
        wrong = wrong[-1:]
    if wrong and (scored.task is Task.BINARY or len(wrong) > 1):
        named = ", ".join(f"{name} (AUC {auc:.3f})" for name, auc in wrong)
        yield breach(
            "class order",
            f"rows of a class get lower scores for it than others do: {named}. Are the columns of `predict_proba` "
            "in the order of `classes_`?",
        )


def _backwards(
    scores: np.ndarray[tuple[int], np.dtype[np.float64]], positive: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> float | None:
    """The AUC, where it is shown to be below 0.5; the standard error is that of no relation at all (Mann-Whitney)."""
    from scipy.stats import rankdata

    ones, zeros = int(positive.sum()), int((~positive).sum())
    if not ones or not zeros:
        return None
    auc = (float(rankdata(scores)[positive].sum()) - ones * (ones + 1) / 2) / (ones * zeros)
    error = math.sqrt((ones + zeros + 1) / (12 * ones * zeros))
    return auc if auc < 0.5 - _SURE * error else None


def classes_known(scored: ScoredTable, bench: Bench) -> Iterator[Finding]:
    """A class that the model names has a row in the test table or stands among its labels."""
    said = bench.answers.said
    if scored.task is Task.REGRESSION or said.kind is not PredictionKind.LABELS:
        return
    strange = sorted({str(value) for value in said.values.tolist()} - {str(each) for each in scored.classes})
    if strange:
        yield breach(
            "classes",
            f"it predicts {strange[0]!r}, which is none of the classes {', '.join(map(str, scored.classes))}.",
        )
