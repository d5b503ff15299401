"""What this distribution brings: the checks of the data family and the tables that they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate import Check, ResourceProvider, hookimpl
from mlgate_data.drift import features as drift
from mlgate_data.drift import labels, multivariate, predictions
from mlgate_data.engine.data import RESOURCE, Data, data_of, run_planned
from mlgate_data.integrity import categories, constant, missing, repeats, roles, rows, scale
from mlgate_data.leakage import against_model, features, identifying, ordering, overlap
from mlgate_data.schema import check as schema

if TYPE_CHECKING:
    from mlgate.tabular import Columns, Table


MODULES = (
    against_model,
    categories,
    constant,
    drift,
    features,
    identifying,
    labels,
    missing,
    multivariate,
    ordering,
    overlap,
    predictions,
    repeats,
    roles,
    rows,
    scale,
    schema,
)


def checks() -> tuple[Check, ...]:
    """Every check that a module of this distribution defines."""
    found = (value for module in MODULES for value in vars(module).values() if isinstance(value, Check))
    return tuple(sorted(found, key=lambda check: check.id))


@hookimpl
def mlgate_checks() -> Sequence[Check]:
    return checks()


@hookimpl
def mlgate_resources() -> Sequence[ResourceProvider]:
    return [ResourceProvider(RESOURCE, data, "The tables, each read once for all planned data checks.")]


def data(  # noqa: PLR0917 - a provider's parameters are the resources that it needs
    columns: Columns,
    test: Table | None = None,
    train: Table | None = None,
    planned: Mapping[str, Mapping[str, object]] | None = None,
    folder: Path | None = None,
    export_rows: Path | None = None,
) -> Data:
    """The tables of the run, and every planned data check run on them together."""
    tables = data_of(columns, test, train, folder, export_rows)
    run_planned(tables, {check.id: check for check in checks()}, planned or {})
    return tables
