"""The samples that checks of single columns learn from, with the label as codes of classes or as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mlgate import CheckError, NotApplicable
from mlgate_data.engine.data import Data
from mlgate_data.engine.kinds import alike, kind_of
from mlgate_data.engine.scan import Scan
from mlgate_data.leakage.coding import coded
from mlgate_data.leakage.sampling import Sample, Sampled
from mlgate_data.leakage.scattering import Entities
from mlgate_data.leakage.telling import Classes, Labels, Values
from mlgate_data.schema.check import files_of
from mlgate_data.schema.signature import signature_columns

if TYPE_CHECKING:
    import polars as pl

_MOST_NUMBERS = 20
"""Whole numbers of more values than these are a quantity, as everywhere in mlgate."""
_MOST_CLASSES = 50
_FEWEST = 10
Wanted = tuple[tuple[Scan, Sample], tuple[Scan, Sample]]


@dataclass(frozen=True, slots=True)
class Lesson:
    """Rows of both tables that have a label, and the label."""

    train: Sampled
    test: Sampled
    labels: Labels

    def columns(self, name: str) -> tuple[pl.Series, pl.Series]:
        """A column of the training rows, and of the test rows."""
        return self.train.column(name), self.test.column(name)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was drawn, where not every row was looked at."""
        tables = [("training", self.train), ("test", self.test)]
        drawn = [f"{each.frame.height:,} of {each.of:,} {name} rows" for name, each in tables if not each.whole]
        return (f"Looked at {' and '.join(drawn)}, drawn at random.",) if drawn else ()


def wanted(data: Data) -> Wanted:
    """The samples that a lesson needs. Raises `NotApplicable` where there is nothing to learn from."""
    train, test, label = data.labelled()
    names = tuple(alike(test.schema, train.schema))
    if label not in names:
        kinds = [str(kind_of(scan.schema[label])) for scan in (train, test)]
        raise NotApplicable(f"the label {label!r} holds {kinds[0]} in train and {kinds[1]} in test.")
    return (train, Sample(names, train.rows)), (test, Sample(names, test.rows))


def lesson(data: Data, samples: Wanted) -> Lesson:
    """The answered samples. Raises `NotApplicable` for a label that nothing can be learned of, `CheckError` where all
    rows are of one entity."""
    label = data.columns.label or ""
    train, test = (_labelled(scan[sample], label) for scan, sample in samples)
    for name, each in (("training", train), ("test", test)):
        if each.frame.height < _FEWEST:
            raise NotApplicable(f"the {name} table has {each.frame.height:,} rows with a label, too few to learn from.")
        if each.column(label).n_unique() < 2:
            raise NotApplicable(f"{label!r} has one value in every {name} row that was looked at.")
    return Lesson(train, test, _labels(train.column(label), test.column(label), label, _entities(data, train, test)))


def features(
    data: Data, samples: Wanted, candidate: object | None, without: Sequence[str], *, entity: bool = False
) -> list[str]:
    """The columns that a model may learn from: those of its signature where it has one, else all without a role.

    The `entity` is among them only where that is asked for.
    """
    roles = {data.columns.label, data.columns.weight, data.columns.time, *without}
    if not entity:
        roles.add(data.columns.entity)
    read = signature_columns(files_of(candidate))
    return [name for name in samples[0][1].columns if name not in roles and (not read or name in read)]


def _labelled(sampled: Sampled, label: str) -> Sampled:
    values = sampled.column(label)
    known = (values.is_finite() if values.dtype.is_float() else values.is_not_null()).fill_null(False).to_numpy()
    if known.all():
        return sampled
    return Sampled(sampled.frame.filter(known), sampled.places[known], sampled.of)


def _entities(data: Data, train: Sampled, test: Sampled) -> tuple[Entities, Entities] | None:
    """The entity of each row, where both tables have one alike; a row without one stands for itself."""
    name = data.columns.entity
    if name is None or name not in train.frame.columns:
        return None
    return _keys(train.column(name), name, "training"), _keys(test.column(name), name, "test")


def _keys(entity: pl.Series, name: str, table: str) -> Entities:
    import polars as pl

    rows = pl.int_range(entity.len(), eager=True).hash(seed=len(table))
    keys: Entities = entity.hash(seed=0).zip_with(entity.is_not_null(), rows).to_numpy()
    if len(np.unique(keys)) < 2:
        raise CheckError(
            f"the entity {name!r} is the same in every {table} row with a label.",
            hint="At least two entities are needed to see how far results vary between them.",
        )
    return keys


def _labels(train: pl.Series, test: pl.Series, name: str, entities: tuple[Entities, Entities] | None) -> Labels:
    distinct = train.n_unique()
    if train.dtype.is_numeric() and (distinct > _MOST_NUMBERS or _fractional(train)):
        return Values(train.cast(float).to_numpy(), test.cast(float).to_numpy(), entities)
    if distinct > _MOST_CLASSES:
        raise NotApplicable(f"the label {name!r} has too many values to be classes.")
    codes = coded(train, test)
    return Classes(codes.train, codes.test, codes.levels, entities)


def _fractional(label: pl.Series) -> bool:
    return label.dtype.is_float() and not bool((label == label.round()).all())
