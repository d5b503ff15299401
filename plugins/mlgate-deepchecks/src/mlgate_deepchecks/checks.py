"""A check of mlgate for every check of deepchecks, and one for each suite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from mlgate import Check, Measurement, Stage, check
from mlgate_deepchecks.catalogue import (
    ENTRIES,
    EVERYTHING,
    EVERYTHING_SUMMARY,
    FAMILY,
    SUMMARIES,
    Entry,
    Suite,
    members,
)
from mlgate_deepchecks.telling import own_words

if TYPE_CHECKING:
    from mlgate_deepchecks.asking import Results

RESOURCE = "deepchecks_results"
_PAGE = """{summary}

deepchecks {version} measures it, as a program of its own in an environment of its own (docs/deepchecks.md). mlgate
hands over the tables with the model's answers as columns; the model never enters. All checks of deepchecks that a run
plans share one such program. {reach}

`params` are the check's parameters and `conditions` its conditions without `add_condition_`, each with its arguments,
by deepchecks' names: `mlgate explain` prints them once the environment is built. Without `conditions` those of
deepchecks' own suite hold. `seed` is what it draws by; `categorical` names the columns that are categories, where
deepchecks is not to guess; `seconds` and `memory_gib` bound the program (of several checks the largest bound counts).

A condition that fails is a finding of high severity, one that warns adds to the part `warnings` and never blocks;
the part `conditions` counts those that were held, so that nothing passes by having none. Its numbers are parts that a
rule can name, `test` and `train` in front where it looks at each table by itself. What deepchecks could not run is
`errored`, what has nothing to look at here `skipped`.

## What to do
{remedy}
"""
_SUITE_PAGE = """{summary}

A table of this suite in the gate file stands for one of each of its checks, and each has its own outcome, rules and
waivers: {listed}.

What the table states holds for all of them; without a rule or a level each keeps its own, as recommended in
docs/deepchecks.md. A check that has a table of its own keeps to that. One that has nothing to look at here (no training
table, another task, no time column) is skipped, and that denies nothing. `seed`, `categorical`, `seconds` and
`memory_gib` are those of the checks.

## What to do
Read the page of the check that failed (`mlgate explain {first}`). Where deepchecks is not built yet, the first run does
it; `mlgate engines build deepchecks` does it beforehand.
"""
_ALARMS = {
    "enforce": "In our trials on clean data its conditions never failed: by default a failure blocks.",
    "warn": "By default a failure of its conditions is shown and does not block.",
    "observe": "Its conditions fail on clean data, or it has none: by default it is recorded alone.",
}
_REMEDIES = {
    Suite.INTEGRITY: "Look at the columns and rows that the finding names, and mend them where the table is made, for "
    "training and use alike. What is meant to be so is said by `params` or a condition with another bound.",
    Suite.COMPARISON: "Ask first how the two tables were cut. If the test table is what the model will meet, train on "
    "newer rows; if it is not, cut it anew. `data.drift` tells with an interval whether a shift is more than chance.",
    Suite.MODEL: "Compare with mlgate's own check of the same thing (`performance.*`), which has an interval and a "
    "champion beside it: a bare number on few rows moves by itself. Then look at the rows that it names.",
    None: "State a condition, or a rule on one of its parts: alone it only tells. Then look at the rows that it names.",
}
_NO_MODEL = "deepchecks needs the model itself for this, and models never enter its process: it is always skipped."


def checks(version: str) -> Iterator[Check]:
    """All of them, suites included."""
    yield from (_check(entry, version) for entry in ENTRIES)
    yield _suite(EVERYTHING, EVERYTHING_SUMMARY, members(None))
    yield from (_suite(suite.value, summary, members(suite)) for suite, summary in SUMMARIES.items())


def _check(entry: Entry, version: str) -> Check:
    def measure(
        deepchecks_results: Results,
        *,
        params: dict[str, Any] | None = None,
        conditions: dict[str, dict[str, Any]] | None = None,
        seed: int = 42,
        categorical: list[str] | None = None,
        seconds: int = 1800,
        memory_gib: float = 4.0,
    ) -> Measurement:
        return deepchecks_results.measurement(entry.id)

    reach = _NO_MODEL if entry.needs_model else _ALARMS[entry.level]
    measure.__doc__ = _PAGE.format(summary=entry.summary, version=version, reach=reach, remedy=_REMEDIES[entry.suite])
    declared = check(entry.id, stage=entry.stage, default=_rules(entry))(measure)
    return replace(declared, on_request=True, more=partial(own_words, entry.name))


def _rules(entry: Entry) -> Mapping[str, object]:
    """deepchecks tells apart what fails and what warns; so do these rules. What holds no condition does not pass."""
    shown = "observe" if entry.level == "observe" else "warn"
    judged = {"conditions": 1, **({"level": "observe"} if entry.suite and not entry.judged else {})}
    return {
        "no_findings": {"severity": "high"},
        "at_most": {"warnings": 0, "level": shown},
        "at_least": judged,
        "level": entry.level,
    }


def _suite(name: str, summary: str, ids: tuple[str, ...]) -> Check:
    def measure(
        deepchecks_results: Results,
        *,
        seed: int = 42,
        categorical: list[str] | None = None,
        seconds: int = 1800,
        memory_gib: float = 4.0,
    ) -> Measurement:
        raise AssertionError("a suite is replaced by its members before anything is measured")

    listed = ", ".join(id.partition(".")[2] for id in ids)
    measure.__doc__ = _SUITE_PAGE.format(summary=summary, listed=listed, first=ids[0])
    return replace(check(f"{FAMILY}.{name}", stage=Stage.INTEGRITY)(measure), members=ids, on_request=True)
