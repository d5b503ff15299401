"""`data.drift`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mlgate import Finding, Json, Severity, Stage
from mlgate_data.drift.comparing import Shift
from mlgate_data.drift.sides import Compared, compared, features
from mlgate_data.engine.data import Data, data_check
from mlgate_data.engine.steps import Steps
from mlgate_data.integrity.shares import by_column

WARNED = 0.10
BLOCKED = 0.25
_SHOWN = 20
_RECORDED = 200


@data_check(
    "data.drift",
    better="lower",
    stage=Stage.DECLARED,
    default={"at_most": BLOCKED, "between": {"value": [0, WARNED], "level": "warn"}},
)
def drift(
    data: Data,
    candidate: object | None = None,
    *,
    reference: str | None = None,
    columns: tuple[str, ...] | None = None,
    skip: tuple[str, ...] = (),
) -> Steps:
    """How far the features have moved between the training table and the test table: the population stability index.

    PSI of every column of both tables (numbers, text, true or false, dates and times), over the deciles of the training
    table or the categories that 1% of its rows have, one bin for all other categories and one for missing values; half
    a row is added to every bin. What chance alone gives is taken off. The number is the worst column's.

    The rule judges by effect size, never by a p-value: it fails where PSI is shown to be above 0.25 (a large shift by
    the usual reading), and warns where it is shown to be above 0.10. It passes where that is excluded; between the two
    it is inconclusive, and says how many rows would settle it. PSI times the harmonic number of rows is a noncentral
    chi-square variable, whose bounds are inverted; columns share one error budget (Holm 1979).

    Beside it stand, per column: the Wasserstein distance over the training table's standard deviation, the
    Kolmogorov-Smirnov statistic, the Jensen-Shannon distance and Cramer's V, as scipy computes them and with what
    chance alone gives taken off. Up to 200,000 rows they are exact; beyond, the first two are measured on bins of a
    thousandth of a value, and off by less than the share of rows in one bin.

    Left out are the label, the columns named as entity, weight and time, columns that the signature of the model under
    test lacks, whole numbers that number the rows, and text of which no value has 1% of the rows. `columns` names the
    ones to judge, whatever they are; `skip` leaves some out. With a weight column, rows count as much as they weigh.

    `reference = "profile.json"` compares with a stored profile instead of the training table, so that only the table to
    judge is read: `mlgate-profile train.parquet --out profile.json` writes one (about 10 kB a column of numbers; it
    holds quantiles and categories of the data).

    ## What to do
    Ask what changed: another population, season, source or unit; a column that is filled in otherwise. If the shift
    is real and here to stay, train again on newer rows, and look at `performance.slices` for the values that became
    frequent. `data.prediction_drift` says how much of it reaches the predictions.
    """
    names, left_out = features(data, candidate)
    if columns is not None:
        data.judged().table.require(*columns)
        names, left_out = columns, {}
    chosen = [name for name in names if name not in skip]
    found = yield from compared(data, chosen, reference)
    found = replace(found, left_out={**{name: "skip" for name in skip if name in names}, **left_out, **found.left_out})
    ranked = dict(sorted(found.shifts.items(), key=lambda each: -each[1].psi.value))
    measured = by_column(
        {name: shift.psi for name, shift in ranked.items()},
        found.rows,
        notes=found.notes,
        data={"columns": _told(ranked), "bins": _bins(ranked, data), "reference": found.reference},
    )
    return replace(measured, findings=tuple(findings(found, data)))


def findings(found: Compared, data: Data) -> list[Finding]:
    """The columns that are shown to have moved, in the words of every measure."""
    claims = max(1, len(found.shifts))
    moved = {name: shift for name, shift in found.shifts.items() if shift.psi.p_value_above(WARNED) < 0.025 / claims}
    ranked = sorted(moved.items(), key=lambda each: -each[1].psi.value)
    return [_finding(name, shift, masked=name in data.columns.sensitive) for name, shift in ranked[:_SHOWN]]


def _finding(name: str, shift: Shift, *, masked: bool) -> Finding:
    severity = Severity.HIGH if shift.psi.value > BLOCKED else Severity.MEDIUM
    message = f"{name!r} moved: PSI {shift.psi.value:.3g}; {shift.said(masked=masked)}."
    return Finding(message, severity, data={"column": name, **shift.told()})


def _told(ranked: Mapping[str, Shift]) -> Json:
    return {name: shift.told() for name, shift in list(ranked.items())[:_RECORDED]}


def _bins(ranked: Mapping[str, Shift], data: Data) -> Json:
    """The bins of the columns that moved most; sensitive columns' values are not told."""
    open_ones = [name for name in ranked if name not in data.columns.sensitive][:_SHOWN]
    return {name: ranked[name].told_bins() for name in open_ones}
