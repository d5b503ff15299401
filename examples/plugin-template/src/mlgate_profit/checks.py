"""The checks of the family `business`: each one measures, and rules decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate import CheckError, Comparison, Estimate, Measurement, NotApplicable, Spread, check

if TYPE_CHECKING:  # the data stack is loaded when the check runs, not when mlgate lists it
    import numpy as np
    from numpy.typing import NDArray

    from mlgate.tabular import ScoredTable


@check("business.profit_per_loan", better="higher", unit="EUR")
def profit_per_loan(
    scored_test: ScoredTable, *, gain: float = 120.0, loss: float = 900.0, threshold: float = 0.5
) -> Measurement:
    """Mean profit per application of granting the loans that the model would grant.

    The positive class is a default. A loan whose score is under `threshold` is granted: it earns `gain` where it is
    paid back and costs `loss` where it is not. A loan that is refused earns nothing. Accuracy weighs both mistakes
    the same; a bank does not, so a model can be more accurate and earn less.

    The interval is Student's for a mean, rows taken as independent. Against the champion the difference is paired:
    both models decide the same applications.

    ## What to do
    Set `gain` and `loss` to your own figures first. Then move `threshold`: with calibrated scores the best one is
    gain / (gain + loss). If the profit fell against the champion, look at the loans that only one of them grants.
    """
    if gain <= 0 or loss <= 0:
        raise CheckError(f"gain is {gain:g} and loss {loss:g}.", hint="Both are amounts of money, above 0.")
    candidate = _profits(scored_test, gain, loss, threshold)
    if not scored_test.has_champion:
        return Measurement(_mean(candidate), unit="EUR")
    champion = _profits(scored_test, gain, loss, threshold, champion=True)
    comparison = Comparison(_mean(champion), _mean(candidate - champion), higher_is_better=True, bounded=False)
    return Measurement(_mean(candidate), unit="EUR", comparison=comparison)


def _profits(
    scored: ScoredTable, gain: float, loss: float, threshold: float, *, champion: bool = False
) -> NDArray[np.float64]:
    """What each application earns: shape (rows,), in EUR."""
    import numpy as np

    from mlgate.tabular import Task

    if scored.task is not Task.BINARY:
        raise NotApplicable(f"A loan is paid back or not: this needs a binary task, and it is {scored.task}.")
    granted = scored.scores(champion=champion)[:, 1] < threshold
    outcome = np.where(scored.labels() == 1, -loss, gain)
    return np.where(granted, outcome, 0.0)


def _mean(profits: NDArray[np.float64]) -> Estimate:
    """The mean with Student's spread; two rows at least."""
    rows = len(profits)
    if rows < 2:
        raise CheckError(f"A mean with an interval needs two rows, and the test table has {rows}.")
    se = float(profits.std(ddof=1)) / rows**0.5
    return Estimate(float(profits.mean()), rows, Spread("student", se, df=rows - 1))
