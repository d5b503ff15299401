"""Whether a plugin keeps the contract: everything that is wrong with it, told at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import ModuleType

from mlgate.checks import Check
from mlgate.testing.conforming_checks import problems_of_check
from mlgate.testing.conforming_hooks import Declared, declared_by
from mlgate.testing.conforming_runs import problems_of_run

CORE_RESOURCES = frozenset(
    {"candidate", "champion", "columns", "examples", "export_rows", "folder", "planned"}
    | {"predict", "scored_test", "scored_train", "sensitive", "test", "train"},
)
"""What the core makes for every run; a check may ask for these and for what its own plugin provides."""


def assert_plugin_conforms(
    plugin: ModuleType,
    *,
    families: Collection[str] = (),
    resources: Collection[str] = (),
    given: Mapping[str, object] | None = None,
) -> None:
    """Fail with every way in which `plugin` breaks the contract.

    `families` are those that its checks belong to; `resources` are names that other plugins provide. Checks whose
    resources all stand in `given` are run twice, and must measure the same both times without changing them.
    """
    problems = tuple(_problems(plugin, families, resources, given or {}))
    if problems:
        listed = "\n".join(f"- {problem}" for problem in problems)
        raise AssertionError(f"{plugin.__name__} does not keep the contract of mlgate.spec:\n{listed}")


def _problems(
    plugin: ModuleType, families: Collection[str], resources: Collection[str], given: Mapping[str, object]
) -> Iterator[str]:
    declared = declared_by(plugin)
    yield from declared.problems
    yield from _unprovided(declared, {*CORE_RESOURCES, *resources})
    yield from _repeated([check.id for check in declared.checks])
    for check in declared.checks:
        yield from _foreign(check, families)
        yield from problems_of_check(check)
        if given.keys() >= set(check.resources):
            yield from problems_of_run(check, given)


def _foreign(check: Check, families: Collection[str]) -> Iterator[str]:
    if check.family not in families:
        yield f"{check.id}: its family is not one that this plugin declares ({', '.join(sorted(families)) or 'none'})."


def _unprovided(declared: Declared, known: Collection[str]) -> Iterator[str]:
    provided = {*known, *(provider.name for provider in declared.providers)}
    wanted = [(check.id, name) for check in declared.checks for name in (*check.resources, *check.optional)]
    wanted += [(provider.name, need) for provider in declared.providers for need in provider.needs]
    for who, name in wanted:
        if name not in provided:
            yield f"{who}: nothing provides the resource {name!r} (name it in `resources` if another plugin does)."


def _repeated(ids: list[str]) -> Iterator[str]:
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        yield f"{id}: {ids.count(id)} checks have this id."
