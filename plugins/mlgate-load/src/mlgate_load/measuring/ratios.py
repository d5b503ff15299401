"""The ratio of two servers' quantiles, from requests that were sent to both in the same stretches of time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mlgate import CheckError, Estimate, Spread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlgate_load.samples import Samples

_BLOCKS = 20
_DRAWS = 500


def ratio(ours: Samples, theirs: Samples, share: float, seed: int) -> Estimate:
    """The quantile of ours over that of theirs.

    The time is cut into 20 stretches, and stretches are drawn with replacement for both at once: what the machine did
    to one, it did to the other, and requests of one stretch stay together (moving blocks: Kunsch 1989, Annals of
    Statistics 17, 1217-1241). The spread is that of the ratio's logarithm.
    """
    import numpy as np

    if min(ours.n, theirs.n) < 2 * _BLOCKS:
        raise CheckError(f"Too few requests to compare: {ours.n:,} and {theirs.n:,}.", hint="A longer duration.")
    edges = np.linspace(min(ours.intended[0], theirs.intended[0]), max(ours.intended.max(), theirs.intended.max()), 21)
    mine, others = _blocks(ours, edges), _blocks(theirs, edges)
    value = _quantile(ours.latency, share) / _quantile(theirs.latency, share)
    draws = np.random.default_rng(seed).integers(0, _BLOCKS, (_DRAWS, _BLOCKS))
    logs = np.array([_log_ratio(mine, others, draw, share) for draw in draws])
    se = float(np.std(logs[np.isfinite(logs)], ddof=1)) * math.sqrt(_BLOCKS / (_BLOCKS - 1))
    return Estimate(value, ours.n, Spread("block bootstrap", se * value, df=_BLOCKS - 1, least=0.0))


def _blocks(samples: Samples, edges: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    import numpy as np

    place = np.clip(np.searchsorted(edges, samples.intended, side="right") - 1, 0, _BLOCKS - 1)
    return [samples.latency[place == block] for block in range(_BLOCKS)]


def _log_ratio(
    mine: list[NDArray[np.float64]], others: list[NDArray[np.float64]], draw: NDArray[np.int64], share: float
) -> float:
    import numpy as np

    one, other = np.concatenate([mine[i] for i in draw]), np.concatenate([others[i] for i in draw])
    return math.log(_quantile(one, share) / _quantile(other, share)) if len(one) and len(other) else math.nan


def _quantile(values: NDArray[np.float64], share: float) -> float:
    import numpy as np

    return float(np.quantile(values, share))
