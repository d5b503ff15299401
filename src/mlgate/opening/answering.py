"""Asks a model wherever it lives: in this process, or in one of its own, which holds its own threads back."""

from __future__ import annotations

import os

from mlgate.deadlines import asking, doing
from mlgate.errors import MlgateError, ModelError
from mlgate.opening.confined.model import ConfinedModel
from mlgate.opening.describing import brief
from mlgate.opening.disturbing import changed_by
from mlgate.opening.road import OpenedModel
from mlgate.opening.threads import running
from mlgate.sandbox.resident import resident
from mlgate.spec import Model
from mlgate.tabular import Predictions, Table


def answered(model: Model, table: Table, threads: int | None = None) -> Predictions:
    """What the model says of the rows; `threads` as in `running`. Raises what the model raises."""
    inner = _inner(model)
    if isinstance(inner, ConfinedModel):
        with doing(_asked(table)):
            return inner.predict(table, threads=threads)
    with asking(_asked(table)), running(inner, table.rows, threads):
        return inner.predict(table)


def disturbed(model: Model, table: Table) -> tuple[str, ...]:
    """The columns of its rows that the model changes in place; () where it does not or that can't be seen.

    Raises `ModelError`.
    """
    inner = _inner(model)
    try:
        if isinstance(inner, ConfinedModel):
            return inner.disturbs(table)
        with asking(_asked(table)):
            return changed_by(inner, table)
    except MlgateError:
        raise
    except (Exception, SystemExit) as error:  # a model that exits must not end the gate
        raise ModelError(f"The model raises: {brief(error)}.") from error


def memory_of(model: Model) -> int | None:
    """The bytes of memory that the process the model lives in holds now; None where this system does not say.

    Of a model that lives here it is this process, with all else that it holds.
    """
    inner = _inner(model)
    return resident(inner.pid if isinstance(inner, ConfinedModel) else os.getpid())


def _inner(model: Model) -> Model:
    return model.model if isinstance(model, OpenedModel) else model


def _asked(table: Table) -> str:
    return f"an answer of the model about {table.rows:,} {'row' if table.rows == 1 else 'rows'}"
