"""`data.train_test_overlap`, `data.entity_overlap`: test rows, or their entities, that stand in train too."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mlgate import CheckError, Estimate, Finding, Measurement, NotApplicable, Part, Spread
from mlgate_data.engine.data import Data, data_check
from mlgate_data.engine.hashes import Hashed
from mlgate_data.engine.hashes import shared as count_shared
from mlgate_data.engine.kinds import alike, kind_of
from mlgate_data.engine.scan import Scan
from mlgate_data.engine.steps import Steps, of
from mlgate_data.integrity.shares import percent
from mlgate_data.leakage import POISONED
from mlgate_data.leakage.keys import Keys, found_among, twins, widened
from mlgate_data.leakage.rows import RowsAt, export, finding, first_of
from mlgate_data.schema.exporting import numbered_rows

_SHOWN_AT = 0.95


@data_check("data.train_test_overlap", better="lower", default={"at_most": 0.01}, voids=POISONED)
def train_test_overlap(data: Data) -> Steps:
    """Share of test rows that stand in the training table too, beyond what coarse columns bring by nature.

    Two rows are the same where all columns that both tables have are equal: the features and the label; weight,
    entity and time are left out. The part `features` is the same without the label. In a table of few and coarse
    columns a new row often equals an old one: a row drawn like the training rows does so as often as a training row
    has a twin in its own table, and that share is taken off (where the test table has far fewer twins than such a
    share would bring, as when train was oversampled, less is taken off). By default a share shown to be above 0.01
    blocks, and voids what was measured on these rows. `data` holds the shares of both tables.

    The rows in excess are a fact about this table; the interval is that of the natural share. A column that numbers
    the rows makes every row unique: name it as `entity`. `mlgate run --export-rows DIR` writes the rows.

    ## What to do
    Split again so that no row is on both sides: drop duplicates first, and oversample only after the split. Where
    the source sends rows twice, split by what identifies a case (`entity` under [data]).
    """
    train, test = data.both()
    features, label = _compared(data, train, test)
    wide = widened([*features, *([label] if label else [])], test.schema, train.schema)
    there, here = (Keys(features, label, wide, sorted=ordered) for ordered in (True, False))
    yield [*of(train, [there]), *of(test, [here])]
    known, asked = train[there], test[here]
    exact = _Overlap.of(asked.whole, known.whole)
    on_features = exact if label is None else _Overlap.of(asked.features, known.features)
    found: list[Finding] = []
    if exact.beyond.interval(_SHOWN_AT).low > 0:
        numbers = np.flatnonzero(found_among(asked.whole, known.whole))
        look = first_of(numbers, test, (label,))
        yield of(test, [look])
        found.append(_overlapping(exact, numbers, test, look, data))
    return Measurement(
        exact.beyond,
        parts=(Part("features", on_features.beyond),),
        findings=tuple(found),
        notes=(
            f"{exact.count:,} of {test.rows:,} test rows stand in train ({on_features.count:,} by their features); "
            f"{exact.natural * test.rows:,.0f} are to be expected of rows this coarse.",
        ),
        data={"share": exact.share, "natural": exact.natural, "features_share": on_features.share},
    )


@data_check("data.entity_overlap", better="lower", default={"at_most": 0.01}, voids=POISONED)
def entity_overlap(data: Data) -> Steps:
    """Share of test rows whose entity stands in the training table too.

    For tables with an `entity` under [data], as a customer or a patient: a model may know the label of an entity by
    heart, and what it does on new ones can't be told from those it has seen. Rows without an entity are left out. By
    default more than 0.01 of the test rows blocks, and voids what was measured on them. `mlgate run --export-rows DIR`
    writes the rows.

    ## What to do
    Split by entity (scikit-learn: `GroupShuffleSplit`, `StratifiedGroupKFold`). Where the model is meant for entities
    that it knows, and the test rows are later ones, set `level = "warn"`.
    """
    train, test = data.both()
    entity = data.columns.entity
    if entity is None:
        raise NotApplicable("no entity is named.", hint="Name it with --entity or `entity` under [data].")
    _refuse_strange(entity, train, test)
    wide = widened([entity], test.schema, train.schema)
    there, here = (Keys((entity,), None, wide, sorted=ordered, present=True) for ordered in (True, False))
    yield [*of(train, [there]), *of(test, [here])]
    known, asked = train[there].whole, test[here].whole
    present = asked[asked != 0]
    if not len(present) or not known.any():
        where = train if len(present) else test
        raise CheckError(f"{entity!r} of {where.table.uri} has no value in any row.")
    count = count_shared(np.sort(present), known[known != 0])
    found: list[Finding] = []
    if count:
        numbers = np.flatnonzero(found_among(asked, known) & (asked != 0))
        look = first_of(numbers, test, (entity,))
        yield of(test, [look])
        both = len(np.unique(asked[numbers]))
        message = (
            f"{both:,} values of {entity!r} stand in both tables: {len(numbers):,} of {test.rows:,} test rows "
            f"({percent(len(numbers) / test.rows)})."
        )
        found.append(finding(message, len(numbers), test[look], test, data))
        export("data.entity_overlap", test, data, lambda batch: numbered_rows(batch, numbers))
    return Measurement(Measurement.exact(count / len(present), n=len(present)).estimate, findings=tuple(found))


class _Overlap:
    """Test rows that are among the training rows: how many, how many by nature, and how many beyond that."""

    def __init__(self, count: int, n: int, natural: float, se: float) -> None:
        self.count, self.share, self.natural = count, count / n, natural
        beyond = self.share - natural
        self.beyond = Estimate(beyond, n, Spread("natural-share", se)) if count else Estimate(min(beyond, 0.0), n)

    @classmethod
    def of(cls, asked: Hashed, known: Hashed) -> _Overlap:
        """`known` is sorted, `asked` in any order."""
        ranked = np.sort(asked)
        n, rows = len(ranked), len(known)
        natural, twice = _natural(twins(ranked), n, twins(known), rows)
        # Agresti & Caffo 2000: one success and one failure more, so that no twin at all is not a proof of none
        share = (twice + 1) / (rows + 2)
        se = math.sqrt(share * (1 - share) * (1 / n + 1 / rows))
        return cls(count_shared(ranked, known), n, natural, se)


def _natural(test_twins: int, n: int, train_twins: int, rows: int) -> tuple[float, float]:
    """The share of new rows that the training rows hold by nature, and the training rows that it stands for.

    It is the share of training rows with a twin. A chance that grows with the rows grows no faster than they do, so
    that it is at most the test table's own share of twins times the ratio of rows; twice the standard error of a
    count of pairs, and two pairs, allow for its chance.
    """
    most = (test_twins + 2 * math.sqrt(2 * test_twins) + 4) / n * max(1.0, rows / n)
    natural = min(train_twins / rows, most)
    return natural, natural * rows


def _compared(data: Data, train: Scan, test: Scan) -> tuple[tuple[str, ...], str | None]:
    """The features that both tables have, and the label where both have it."""
    roles = (data.columns.weight, data.columns.entity, data.columns.time)
    common = [name for name in alike(test.schema, train.schema) if name not in roles]
    label = data.columns.label if data.columns.label in common else None
    features = tuple(name for name in common if name != data.columns.label)
    if not features:
        raise NotApplicable("the two tables have no feature in common.")
    return features, label


def _overlapping(exact: _Overlap, numbers: NDArray[np.int64], test: Scan, look: RowsAt, data: Data) -> Finding:
    message = (
        f"{exact.count:,} of {test.rows:,} test rows ({percent(exact.share)}) stand in train; "
        f"{percent(exact.natural)} would by nature."
    )
    export("data.train_test_overlap", test, data, lambda batch: numbered_rows(batch, numbers))
    return finding(message, exact.count, test[look], test, data)


def _refuse_strange(entity: str, train: Scan, test: Scan) -> None:
    for scan in (train, test):
        scan.table.require(entity)
    kinds = [kind_of(scan.schema[entity]) for scan in (train, test)]
    if kinds[0] is not kinds[1]:
        raise CheckError(
            f"{entity!r} holds {kinds[0]} in train and {kinds[1]} in test, which can't be compared.",
            hint="Read both tables the same way.",
        )
