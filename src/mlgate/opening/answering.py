"""Asks a model wherever it lives: in this process, or in one of its own, which holds its own threads back."""

from __future__ import annotations

from mlgate.deadlines import asking
from mlgate.errors import MlgateError, ModelError
from mlgate.opening.confined.model import ConfinedModel
from mlgate.opening.describing import brief
from mlgate.opening.disturbing import changed_by
from mlgate.opening.road import OpenedModel
from mlgate.opening.threads import running
from mlgate.spec import Model
from mlgate.tabular import Predictions, Table


def answered(model: Model, table: Table, threads: int | None = None) -> Predictions:
    """What the model says of the rows; `threads` as in `running`. Raises what the model raises."""
    inner = _inner(model)
    if isinstance(inner, ConfinedModel):
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


def _inner(model: Model) -> Model:
    return model.model if isinstance(model, OpenedModel) else model


def _asked(table: Table) -> str:
    return f"an answer of the model about {table.rows:,} {'row' if table.rows == 1 else 'rows'}"
