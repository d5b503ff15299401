"""One loss per row, in which training rows and other rows may differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlgate.tabular import PredictionKind, Task

if TYPE_CHECKING:
    from mlgate.tabular import ScoredTable
    from mlgate_security.membership.attack import Numbers


def losses(scored: ScoredTable) -> Numbers:
    """Shape (rows,). 1 - the score of the true label, which orders rows as log loss does; the absolute error of a
    regression; whether the label is wrong, where the model gives labels alone.
    """
    if scored.task is Task.REGRESSION:
        errors: Numbers = np.abs(scored.numbers() - scored.labels())
        return errors
    labels = scored.labels().astype(np.intp)
    if scored.candidate.kind is PredictionKind.LABELS:
        wrong: Numbers = (scored.decisions() != labels).astype(np.float64)
        return wrong
    scores = scored.scores()
    lost: Numbers = 1.0 - scores[np.arange(len(scores)), labels]
    return lost
