"""What this plugin declares: deepchecks' checks, the engine that runs them, and the one question for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from mlgate import Check, NotApplicable, ResourceProvider, hookimpl
from mlgate.engines import Engine
from mlgate_deepchecks.catalogue import FAMILY
from mlgate_deepchecks.checks import RESOURCE, checks
from mlgate_deepchecks.engine import deepchecks, pins

if TYPE_CHECKING:
    import pyarrow as pa

    from mlgate.tabular import Columns, ScoredTable, Table
    from mlgate_deepchecks.asking import Results


@hookimpl
def mlgate_engines() -> Sequence[Engine]:
    return [deepchecks()]


@hookimpl
def mlgate_checks() -> Sequence[Check]:
    (version,) = [pin.partition("==")[2] for pin in pins() if pin.startswith("deepchecks==")]
    return sorted(checks(version), key=lambda check: check.id)


@hookimpl
def mlgate_resources() -> Sequence[ResourceProvider]:
    return [ResourceProvider(RESOURCE, results, "What deepchecks answered, for all its planned checks at once.")]


def results(  # noqa: PLR0917 - a provider's parameters are the resources that it needs
    columns: Columns,
    planned: Mapping[str, Mapping[str, Any]],
    test: Table | None = None,
    train: Table | None = None,
    scored_test: ScoredTable | None = None,
    scored_train: ScoredTable | None = None,
) -> Results:
    """Ask deepchecks once for every check of its family that the run plans."""
    from mlgate.engines import ask
    from mlgate_deepchecks.asking import results_of
    from mlgate_deepchecks.describing import described
    from mlgate_deepchecks.tables import Answers, batches

    found = {name: table for name, table in (("train", train), ("test", test)) if table is not None}
    if not found:
        raise NotApplicable("no table was named.", hint="Name one with --test or [data] test.")
    scored = {"train": scored_train, "test": scored_test}
    answers = {name: Answers.of(each) for name in found if (each := scored[name]) is not None}
    about = described(columns, found, scored_test or scored_train, answers)

    def tables() -> Mapping[str, Iterable[pa.Table]]:
        return {name: batches(table, answers.get(name)) for name, table in found.items()}

    own = {id: options for id, options in planned.items() if id.partition(".")[0] == FAMILY}
    rows = (test if test is not None else found["train"]).rows
    return results_of(own, about, tables, partial(ask, deepchecks()), rows)
