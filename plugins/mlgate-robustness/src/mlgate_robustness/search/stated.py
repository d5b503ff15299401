"""The frame of every check that searches: what all of them take, around the property that one of them states."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, get_type_hints

from mlgate import Check, Measurement, check
from mlgate_robustness.search.proving import Effort, Property, Scene, prove

if TYPE_CHECKING:
    from mlgate.tabular import Columns, Table
    from mlgate_robustness.search.asking import Predict


def searched(id: str) -> Callable[[Callable[..., Property]], Check]:
    """Make a check of a function from options of its own to the property that a search tries to break.

    The function's docstring is the check's page. Raises `ValueError` where the id or the docstring can't be a check's.
    """

    def declare(stated: Callable[..., Property]) -> Check:
        def measured(  # noqa: PLR0917  (resources, which the runner hands over by position)
            test: Table,
            columns: Columns,
            predict: Predict,
            train: Table | None = None,
            examples: Path | None = None,
            folder: Path | None = None,
            *,
            effort: Effort,
            **own: object,
        ) -> Measurement:
            scene = Scene(test, train, columns, predict, examples, folder, effort.schema)
            return prove(id, stated(**own), scene, effort)

        _speak_for(measured, stated)
        made = check(id, better="lower", unit="findings", default={"no_findings": True})(measured)
        code = stated.__code__
        return replace(made, source=f"{code.co_filename}:{code.co_firstlineno}")

    return declare


def _speak_for(measured: Callable[..., Measurement], stated: Callable[..., Property]) -> None:
    """Let `measured` show the options and the page of `stated` beside those that all searches have."""
    *resources, effort, _ = inspect.signature(measured).parameters.values()
    own = inspect.signature(stated).parameters.values()
    measured.__signature__ = inspect.Signature([*resources, *own, effort])  # type: ignore[attr-defined]
    measured.__annotations__ = {**get_type_hints(stated, include_extras=True), "effort": Effort}
    measured.__doc__ = stated.__doc__
