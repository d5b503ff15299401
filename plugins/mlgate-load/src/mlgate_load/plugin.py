"""What this plugin declares: the checks of the family `load`, and the bench on which they measure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate import Check, ResourceProvider, hookimpl
from mlgate_load.bench import Bench

if TYPE_CHECKING:
    from mlgate.tabular import Columns, Table

MODULES = (
    "cold_start",
    "consistency",
    "errors",
    "failover",
    "latency",
    "payload",
    "resources",
    "soak",
    "throughput",
    "vs_champion",
)


@hookimpl
def mlgate_checks() -> Sequence[Check]:
    """Every check that a module of this distribution defines."""
    modules = (import_module(f"mlgate_load.{name}") for name in MODULES)
    found = (value for module in modules for value in vars(module).values() if isinstance(value, Check))
    return sorted(found, key=lambda check: check.id)


@hookimpl
def mlgate_resources() -> Sequence[ResourceProvider]:
    """`load_bench`: what is served, and what is sent to it; every server ends with the run."""
    return [ResourceProvider("load_bench", bench, "The served candidate, and the rows that are sent to it.")]


def bench(  # noqa: PLR0917  (resources are handed over in order)
    columns: Columns,
    folder: Path | None,
    planned: Mapping[str, Mapping[str, object]],
    test: Table | None = None,
    candidate: Any = None,
    champion: Any = None,
    predict: Any = None,
) -> Iterator[Bench]:
    made = Bench(
        test=test,
        columns=columns,
        candidate=candidate,
        champion=champion,
        predict=predict,
        folder=folder,
        planned=planned,
    )
    try:
        yield made
    finally:
        made.close()
