"""Checks that set one column after another to something of their own, and look at what the model does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlgate import Finding, Json, Measurement, Severity, doing
from mlgate_robustness.search.asking import Asker
from mlgate_robustness.search.noise import beyond_noise, margin
from mlgate_robustness.search.shares import share

if TYPE_CHECKING:
    import polars as pl

    from mlgate_robustness.search.answers import Answers
    from mlgate_robustness.search.telling import Told


@dataclass(frozen=True, slots=True)
class Setting:
    """One column of real rows set to something: `what` says to what, `places` are the rows among all of the ground."""

    column: str
    what: str
    changed: pl.DataFrame
    places: NDArray[np.intp]


def blamed(
    settings: Iterable[Setting], ask: Asker, real: Answers, *, by: float, refusal: Severity
) -> Iterator[Finding]:
    """What the model does wrong with each; a refusal in words is of the severity `refusal`.

    An answer may move by `by`, and by what the noise of a stochastic model explains.
    """
    from mlgate_robustness.search.telling import complaint, told

    for setting in settings:
        with doing(f"the column {setting.column!r}"):
            said = told(ask, setting.changed)
        found = complaint(setting.what, said, {"column": setting.column}, refusal)
        found = found or moved_too_far(setting.what, said, real[setting.places], by, {"column": setting.column})
        if found is not None:
            yield found


def moved_too_far(what: str, said: Told, real: Answers, by: float, data: dict[str, Json]) -> Finding | None:
    """A finding where an answer moved by more than `by`, on the row where it moved most."""
    if said.answers is None:
        return None
    moved = said.answers.moved(real) - margin(said.answers, real)
    row = int(moved.argmax())
    if moved[row] <= by:
        return None
    return Finding(
        f"{what}: an answer moves from {real.told(row)} to {said.answers.told(row)}, and may move by {by:g} at most"
        f"{_of_how_many(said.answers, real)}.",
        Severity.HIGH,
        data={**data, "moved": float(said.answers.moved(real)[row])},
    )


def _of_how_many(said: Answers, real: Answers) -> str:
    """Of repeated answers, the share of rows that moved beyond their noise, with Wilson's interval."""
    if said.variance is None:
        return ""
    estimate = share(beyond_noise(said, real))
    interval = estimate.interval(0.95)
    return (
        f"; {estimate.value:.1%} of {said.rows:,} rows move beyond the noise of {said.repeats} answers (95% interval "
        f"{interval.low:.1%} to {interval.high:.1%})"
    )


def counted(findings: Sequence[Finding], ask: Asker, note: str) -> Measurement:
    """The findings as a measurement, with what was asked."""
    return Measurement(
        Measurement.exact(len(findings), n=max(ask.rows, 1)).estimate,
        unit="findings",
        findings=tuple(findings),
        notes=(note,),
        data={"rows_asked": ask.rows, "predict_calls": ask.calls},
    )
