"""`data.label_drift`."""

from __future__ import annotations

from mlgate import NotApplicable, Stage
from mlgate_data.drift.moving import alike, moved
from mlgate_data.drift.sides import columns_of
from mlgate_data.engine.data import Data, data_check
from mlgate_data.engine.steps import Steps

MOVED = 0.03


@data_check(
    "data.label_drift",
    better="lower",
    stage=Stage.DECLARED,
    default={"at_most": 0.10, "between": {"of": "share", "value": [-MOVED, MOVED], "level": "warn"}},
)
def label_drift(data: Data, *, reference: str | None = None) -> Steps:
    """How far the label has moved between the training table and the test table: the population stability index.

    PSI of the label's classes (or of the deciles of a label of numbers, more than 20 of them), as `data.drift` measures
    it, with what chance alone gives taken off. By default it blocks where PSI is shown to be above 0.10.

    PSI says little of a class: a rate that goes from 20% to 30% has a PSI of 0.054. So the part `share` is the change
    of the class whose share moved most for its error (of numbers: of the share of rows above the training table's
    median), and a change shown to be above 3 points is a warning: precision, calibration and the best threshold move
    with the base rate.

    `reference = "profile.json"` compares with a stored profile (see `data.drift`), which must hold the label.

    ## What to do
    Ask whether the labels are made otherwise now, whether the test table was sampled by class, and whether late labels
    are missing. If the base rate did change, train or calibrate again, and choose the threshold again.
    """
    label = data.label()
    sides = yield from columns_of(data, [label], reference)
    if label not in sides.before or label not in sides.now:
        raise NotApplicable(f"the label {label!r} can't be compared: {sides.left_out[label]}.")
    before, now = alike(sides.before[label], sides.now[label])
    notes = (f"Compared with {sides.reference}.",)
    return moved("label", before, now, sides.scan.rows, data={"reference": sides.reference}, notes=notes)
