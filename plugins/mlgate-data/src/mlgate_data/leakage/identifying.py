"""`data.identifier_leakage`: a number of the row that tells its label."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlgate import Finding, Severity
from mlgate_data.engine.data import Data, data_check
from mlgate_data.engine.kinds import Kind, kind_of
from mlgate_data.engine.steps import Steps
from mlgate_data.leakage import POISONED
from mlgate_data.leakage.claims import measured
from mlgate_data.leakage.coding import Coded, binned, coded
from mlgate_data.leakage.labels import features, lesson, wanted
from mlgate_data.leakage.telling import Labels, Told, tell

if TYPE_CHECKING:
    import polars as pl

_FEWEST = 50
_ORDERED = 0.8
"""How far the order of the rows must go, surely, to be told."""


@data_check(
    "data.identifier_leakage",
    better="lower",
    default={"at_most": 0.9, "no_findings": {"level": "warn"}},
    voids=POISONED,
)
def identifier_leakage(data: Data, candidate: object | None = None, *, ignore: tuple[str, ...] = ()) -> Steps:
    """How far an identifier, or the order of the rows, goes alone from a constant answer (0) to a perfect one (1).

    Identifiers are the `entity` and the columns of whole numbers or text that are different in every training row
    (50 rows or more). A number is judged by its size, a text by its shape (`A-0017` is `A-0000`) and by its digits;
    all as `data.feature_leakage` judges features, learned on train and told on test. By default one shown to be above
    0.9 blocks, and voids what was measured on these rows: ids that were given class by class tell the class, to a
    model that reads them. With a signature, an identifier that the model does not read is left out; `ignore` leaves
    out others.

    The order of the rows is judged the same way, by the place of a row in its table: where both tables are sorted by
    the label, that is a finding, and by default a warning. No model reads it, but cross-validation without shuffling
    and batches of one class are spoilt by it.

    ## What to do
    Leave identifiers out of training, and of the model's signature. Shuffle sorted tables before they are used.
    """
    samples = wanted(data)
    yield samples
    known = lesson(data, samples)
    entity = data.columns.entity
    names = features(data, samples, candidate, ignore, entity=True)
    names = [name for name in names if name == entity or is_identifier(known.train.column(name))]
    views = ((name, _best(known.labels, *known.columns(name))) for name in names)
    order = tell(known.labels, binned(known.train.places, known.test.places))
    notes = () if names else ("No column is different in every row.",)
    return measured(views, known, findings=_sorted(order, data.columns.label or ""), notes=notes)


def is_identifier(values: pl.Series) -> bool:
    """Whether every one of enough rows has a whole number or a text of its own."""
    if not values.dtype.is_integer() and kind_of(values.dtype) is not Kind.TEXT:
        return False
    return values.len() >= _FEWEST and not values.null_count() and values.n_unique() == values.len()


def _best(labels: Labels, train: pl.Series, test: pl.Series) -> Coded:
    """The view of the identifier that tells most in train."""
    return max(_views(train, test), key=lambda view: tell(labels, view).train)


def _views(train: pl.Series, test: pl.Series) -> Iterator[Coded]:
    import polars as pl

    if kind_of(train.dtype) is not Kind.TEXT:
        yield coded(train, test)
        return
    yield coded(*(each.str.replace_all(r"\d", "0") for each in (train, test)))
    yield coded(*(each.str.replace_all(r"\D", "").cast(pl.Float64, strict=False) for each in (train, test)))


def _sorted(order: Told, label: str) -> tuple[Finding, ...]:
    if order.test.interval(0.95).low <= _ORDERED or order.train <= _ORDERED:
        return ()
    message = f"The order of the rows tells {label!r} in both tables: they are sorted by it."
    return (Finding(message, Severity.LOW, data={"told": round(order.test.value, 6)}),)
