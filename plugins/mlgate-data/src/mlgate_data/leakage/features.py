"""`data.feature_leakage`, `data.missing_pattern_leakage`: a column, or its gaps, that tells the label too well."""

from __future__ import annotations

import numpy as np

from mlgate import NotApplicable
from mlgate_data.engine.data import Data, data_check
from mlgate_data.engine.steps import Steps
from mlgate_data.leakage import POISONED
from mlgate_data.leakage.claims import measured
from mlgate_data.leakage.coding import coded, flagged
from mlgate_data.leakage.identifying import is_identifier
from mlgate_data.leakage.labels import features, lesson, wanted


@data_check("data.feature_leakage", better="lower", default={"at_most": 0.9}, voids=POISONED)
def feature_leakage(data: Data, candidate: object | None = None, *, ignore: tuple[str, ...] = ()) -> Steps:
    """How far the most telling feature goes, alone, from a constant answer (0) to a perfect one (1).

    Every feature gives an answer for each of its values or bins, learned on train, and is judged by them on test; a
    missing value is a value. For classes it is balanced accuracy between chance and 1 (of two classes Youden's index,
    1950, Cancer 3), for numbers the share of the median's absolute error that is gone. By default a feature shown to be
    above 0.9 blocks, and voids what was measured on these rows: for two normal classes 0.9 is an AUC of 0.99, a copy of
    the label with 2% of its values wrong has 0.96, and strong honest features (a diamond's weight for its price) stay
    below 0.8. Features that reach 0.8 in train are claims that share one error budget (Holm 1979).

    A claim stands on the test rows and, where train agrees with them within chance (99%), on the training rows too,
    each answered by what was learned without it (five folds): a test table of a hundred rows alone would leave a leak
    undecided. Where train and test disagree, the test rows decide alone. Rows of one entity stay together, in folds and
    in intervals.

    Features are the columns of the model's MLflow signature, where it has one, else all but label, weight, entity and
    time; columns that number the rows are `data.identifier_leakage`'s matter. Large tables are told by 100,000 random
    rows of each. `ignore = ["score"]` leaves out a column that is known when the model answers, and honestly this good.

    ## What to do
    Ask when the column is written: a value that is filled in after the outcome (a date of closing, an amount that was
    collected) is not there when the model must answer. Leave it out of training, and of the model's signature.
    """
    samples = wanted(data)
    yield samples
    known = lesson(data, samples)
    names = features(data, samples, candidate, ignore)
    names = [name for name in names if not is_identifier(known.train.column(name))]
    if not names:
        raise NotApplicable("the two tables have no feature in common.")
    return measured(((name, coded(*known.columns(name))) for name in names), known)


@data_check("data.missing_pattern_leakage", better="lower", default={"at_most": 0.9}, voids=POISONED)
def missing_pattern_leakage(data: Data, candidate: object | None = None, *, ignore: tuple[str, ...] = ()) -> Steps:
    """How far the most telling gap goes, alone, from a constant answer (0) to a perfect one (1).

    Whether a feature has a value, for each that lacks some in train, and how many values a row lacks, are judged as
    `data.feature_leakage` judges features, learned on train and told on test. By default one shown to be above 0.9
    blocks, and voids what was measured on these rows: the label is written into the gaps, as where a field is filled
    in for one outcome alone. `ignore` leaves out columns.

    ## What to do
    Find out what fills the column: a step that only some outcomes reach, or a join with a table of outcomes. In use,
    the gap will not be there when the model must answer.
    """
    samples = wanted(data)
    yield samples
    known = lesson(data, samples)
    names = [name for name in features(data, samples, candidate, ignore) if known.train.column(name).null_count()]
    gaps = {name: tuple(each.is_null().to_numpy() for each in known.columns(name)) for name in names}
    if len(names) > 1:
        counts = (np.sum(side, axis=0) for side in zip(*gaps.values(), strict=True))
        gaps["(number of missing values)"] = (next(counts), next(counts))
    return measured(((name, flagged(*each)) for name, each in gaps.items()), known)
