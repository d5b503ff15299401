"""Broken claims as findings: which table, column and rule, how many rows, and the first of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from mlgate import Finding, Json
from mlgate_data.engine.breaches import SHOWN, Breaches
from mlgate_data.engine.scan import Scan
from mlgate_data.schema.claims import Breach

MASKED = "(sensitive)"


def finding(breach: Breach, scan: Scan, sensitive: Collection[str]) -> Finding:
    """One finding; values of `sensitive` columns are never in it."""
    about = " and ".join(repr(name) for name in breach.columns[:4]) if _names_column(breach) else ""
    place = f"{about} of the {scan.name} table:" if about else f"The {scan.name} table"
    facts: dict[str, Json] = {"table": scan.name, "columns": list(breach.columns), "rule": breach.rule}
    facts.update({key: plain(value) for key, value in breach.data.items()})
    if breach.breaches is not None:
        facts.update(shown(breach.breaches, sensitive))
    return Finding(f"{place} {breach.said}.", breach.severity, data=facts)


def shown(breaches: Breaches, sensitive: Collection[str]) -> dict[str, Json]:
    """The numbers and the first failing rows, as JSON."""
    return {
        "count": breaches.count,
        "of": breaches.of,
        "share": round(breaches.share, 9),
        "rows": [masked(row, sensitive) for row in breaches.rows[:SHOWN]],
    }


def masked(row: Mapping[str, Any], sensitive: Collection[str]) -> Json:
    """A row as JSON without the values of `sensitive` columns."""
    return {name: MASKED if name in sensitive else plain(value) for name, value in row.items()}


_LONGEST = 200


def plain(value: object) -> Json:
    """A cell as JSON: what JSON has no word for is text, and long text is cut."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    text = str(value) if isinstance(value, str | Decimal | timedelta) else repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text):,} characters)"


def _names_column(breach: Breach) -> bool:
    return bool(breach.columns) and breach.rule not in ("required", "exact", "ordered")
