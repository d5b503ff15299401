"""`data.multivariate_drift`."""

from __future__ import annotations

from importlib.util import find_spec

from mlgate import CheckError, Json, Measurement, NotApplicable, Stage
from mlgate_data.drift.domain import told_apart
from mlgate_data.drift.sampling import sampled
from mlgate_data.drift.sides import features
from mlgate_data.engine.data import Data, data_check
from mlgate_data.engine.steps import Steps, of

_MOST_COLUMNS = 200
_FEWEST_ROWS = 50


@data_check("data.multivariate_drift", better="lower", stage=Stage.DECLARED, default={"at_most": 0.60, "level": "warn"})
def multivariate_drift(data: Data, candidate: object | None = None) -> Steps:
    """How well a classifier tells test rows from training rows: its AUC.

    Gradient boosted trees are fitted to tell the two tables apart, on at most 2,000 rows of each (drawn at random,
    seed 0), and asked about rows that they did not see (five folds). An AUC of 0.5 means that nothing tells them apart.
    It is the one drift check that sees a relation between columns break while each column alone stays as it was. The
    interval is DeLong's (1988, Biometrics 44). By default an AUC shown to be above 0.60 is a warning.

    The columns that tell the tables apart are named: those that, shuffled in rows that were not learned from, make the
    AUC fall most. Left out are the label, the columns named as entity, weight and time, columns that the signature
    of the model under test lacks, and text of which no value repeats. Of more than 200 columns, 200 are drawn at
    random.

    It needs scikit-learn: `pip install "mlgate-data[drift]"`.

    ## What to do
    Look at the columns that it names, in `data.drift` first. Where no column moved alone, look at pairs: a code that
    changed its meaning, a join that mixes rows up, a formula that changed in one source.
    """
    if find_spec("sklearn") is None:
        raise NotApplicable("scikit-learn is not installed.", hint='`pip install "mlgate-data[drift]"` brings it.')
    train, test = data.both()
    named, _ = features(data, candidate)
    names = tuple(name for name in named if name in train.schema)
    if not names:
        raise NotApplicable("the two tables have no feature in common.")
    facts = {scan: sampled(scan, names) for scan in (train, test)}
    yield [need for scan, fact in facts.items() for need in of(scan, [fact])]
    before, now = train[facts[train]].frame, test[facts[test]].frame
    if min(before.height, now.height) < _FEWEST_ROWS:
        raise NotApplicable(f"a classifier needs {_FEWEST_ROWS} rows of each table.")
    found = told_apart(before, now, _MOST_COLUMNS)
    if found is None:
        raise CheckError("no column of the two tables can be compared.")
    notes = [f"Measured on {before.height:,} training rows and {now.height:,} test rows, drawn at random (seed 0)."]
    if found.drawn < len(names):
        notes.append(f"{found.drawn} of {len(names)} columns were looked at.")
    if found.falls:
        notes.append(
            f"What tells them apart: {', '.join(f'{name} ({fall:.2f})' for name, fall in found.falls.items())}."
        )
    told: dict[str, Json] = dict(found.falls.items())
    return Measurement(found.auc, notes=tuple(notes), data={"falls": told})
