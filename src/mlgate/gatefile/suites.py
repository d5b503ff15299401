"""A suite's table, told for each check that it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mlgate.checks import Check
from mlgate.gatefile.check_tables import CheckTable
from mlgate.gatefile.values import CheckEntry


def with_members(
    entries: Mapping[str, CheckEntry], tables: Mapping[str, CheckTable], known: Mapping[str, Check]
) -> dict[str, CheckEntry]:
    """`entries` with the members of every suite in its place.

    A member's own table counts, then that of the smallest suite. A member keeps its own default rules where the suite's
    table states none; mistakes in that table were told once, for the suite.
    """
    told: dict[str, CheckEntry] = {}
    for table in sorted(tables.values(), key=lambda table: len(table.check.members), reverse=True):
        for id in table.check.members:
            told[id] = replace(table, check=known[id], problems=[], suite=table.check.id).entry()
    return {**told, **{id: entry for id, entry in entries.items() if not known[id].members}}
