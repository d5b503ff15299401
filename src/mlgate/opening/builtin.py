"""The built-in openers, registered through the hooks that strangers' use."""

from __future__ import annotations

from collections.abc import Sequence

from mlgate.opening.factories import FactoryOpener
from mlgate.opening.pickles import PickleOpener
from mlgate.opening.skops_files import SkopsOpener
from mlgate.opening.table_files import FileTableOpener
from mlgate.spec import ModelOpener, TableOpener, hookimpl


@hookimpl
def mlgate_model_openers() -> Sequence[ModelOpener]:
    """Files of skops, joblib and pickle, and Python factories."""
    return [SkopsOpener(), PickleOpener(), FactoryOpener()]


@hookimpl
def mlgate_table_openers() -> Sequence[TableOpener]:
    """Files of Parquet, CSV and JSON lines."""
    return [FileTableOpener()]
