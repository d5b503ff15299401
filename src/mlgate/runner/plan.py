"""Which checks run, with which options."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from mlgate.checks import Check
from mlgate.errors import UsageError


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """A check that will run, with the options it will be called with, and its time in seconds where one is stated."""

    check: Check
    options: Mapping[str, object] = field(default_factory=dict)
    timeout: float | None = None


def select(
    checks: Mapping[str, Check], *, only: Sequence[str] = (), skip: Sequence[str] = (), listed: Collection[str] = ()
) -> tuple[Check, ...]:
    """The checks whose id matches a pattern of `only` (all, where it is empty) and none of `skip`.

    A check of the gate file (`listed`) is planned unless a pattern leaves it out; one that is `on_request`, only if the
    gate file or a pattern names it. Order: stage, then id.
    Raises `UsageError` for a pattern that matches no check.
    """
    for pattern in (*only, *skip):
        _refuse_idle(pattern, checks)
    chosen = [
        check
        for id, check in checks.items()
        if (not only or _matches(id, only)) and not _matches(id, skip) and (id in listed or _can_run(check, bool(only)))
    ]
    return tuple(sorted(chosen, key=lambda check: (check.stage, check.id)))


def without_suites(chosen: Sequence[Check], checks: Mapping[str, Check], skip: Sequence[str] = ()) -> tuple[Check, ...]:
    """The same checks with every suite replaced by its members, each check once."""
    planned = {check.id: check for check in chosen if not check.members}
    for suite in chosen:
        planned |= {id: checks[id] for id in suite.members if not _matches(id, skip)}
    return tuple(sorted(planned.values(), key=lambda check: (check.stage, check.id)))


def _can_run(check: Check, named: bool) -> bool:
    """A check with an option that has no default runs only where the gate file sets it, a costly one where asked."""
    return not any(option.required for option in check.options) and (named or not check.on_request)


def _matches(id: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(id, pattern) for pattern in patterns)


def _refuse_idle(pattern: str, checks: Mapping[str, Check]) -> None:
    if _matches_any(pattern, checks):
        return
    near = difflib.get_close_matches(pattern, checks, n=1)
    raise UsageError(
        f"no check matches {pattern!r}.",
        hint=f"Did you mean {near[0]}?" if near else "`mlgate checks` lists what is installed.",
    )


def _matches_any(pattern: str, checks: Mapping[str, Check]) -> bool:
    return any(fnmatchcase(id, pattern) for id in checks)
