"""What of a difference between repeated answers is more than their noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from mlgate_robustness.search.answers import Answers

REPEATS = 20
ROW_LEVEL = 1e-4
"""How often the mean of a row may seem to have moved by chance."""
SHARE = 0.01
"""The share of rows that may have moved: where its interval lies above, the answers are others."""
_ERRORS = 8.0
"""Of 50,000 differences of normal noise, whose errors are estimated from 20 answers each, none reaches this by chance
in more than one search of 1,000: two-sided Student's t with 38 degrees of freedom at 1e-9 is 7.98."""
_TINY = 1e-5


def beyond_noise(said: Answers, expected: Answers) -> NDArray[np.bool_]:
    """Which rows have another mean: Welch's test (1947, Biometrika 34, 28-35) of each, two-sided at `ROW_LEVEL`.

    The level is shared among the numbers of a row (Bonferroni). Answers that never vary may differ by 0.00001.
    """
    from scipy.special import stdtrit

    assert said.variance is not None
    assert expected.variance is not None
    apart = np.abs(said.said.values - expected.said.values)
    total = said.variance + expected.variance
    parts = said.variance**2 / (said.repeats - 1) + expected.variance**2 / (expected.repeats - 1)
    columns = apart.shape[1] if apart.ndim == 2 else 1
    with np.errstate(divide="ignore", invalid="ignore"):
        freedom = np.where(parts > 0, total**2 / parts, float(said.repeats + expected.repeats - 2))
    bound = stdtrit(freedom, 1 - ROW_LEVEL / 2 / columns) * np.sqrt(total)
    moved = apart > np.maximum(bound, _TINY * said.unit)
    return np.asarray(moved.any(axis=1) if moved.ndim == 2 else moved)


def margin(said: Answers, expected: Answers) -> NDArray[np.float64]:
    """How far apart noise alone can leave the two means of each row, in the answers' unit; 0 of single answers."""
    own = np.sqrt(said.error() ** 2 + expected.error() ** 2)
    usual = np.sqrt(np.mean(own**2)) if len(own) else 0.0
    return np.asarray(_ERRORS * np.maximum(own, usual))
