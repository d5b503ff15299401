"""Runs that hold a ledger, as MLflow finds them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from mlgate_mlflow.client import client
from mlgate_mlflow.experiment import existing

if TYPE_CHECKING:
    from mlflow.entities import Run

ENTRY, SEQ, OF = "mlgate.entry", "mlgate.entry-seq", "mlgate.ledger"
_PAGE = 5_000


def runs(condition: str) -> list[Run]:
    """All that the condition holds for."""
    experiment = existing()
    found: list[Run] = []
    token: str | None = None
    while experiment is not None:
        page: Any = client().search_runs([experiment], condition, max_results=_PAGE, page_token=token)
        found += page
        token = page.token
        if not token:
            break
    return found


def finished(name: str) -> str:
    """The condition of the entries that have their place."""
    return f"{of(name)} and attributes.status = 'FINISHED'"


def of(name: str) -> str:
    """The condition of the entries, those that are being written included."""
    return f"tags.`{OF}` = '{key(name)}'"


def key(name: str) -> str:
    """The model's name as a search condition can hold it, whatever stands in it."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def place(seq: int) -> str:
    """Sorted as text as by number."""
    return f"{seq:012d}"


def text(run: Run) -> bytes:
    """The entry of a run, as stored."""
    return str(run.data.tags.get(ENTRY, "")).encode()


def in_order(found: list[Run]) -> list[Run]:
    """By their places; of two at one place, which is a fault, the older first."""
    return sorted(found, key=lambda run: (str(run.data.tags.get(SEQ)), run.info.start_time))
