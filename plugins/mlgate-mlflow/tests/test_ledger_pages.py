"""Pages of the ledger: the same entries, read in fewer runs, and nothing that hangs on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlgate import Event, EventKind, append, read_chain
from mlgate import written as entry
from mlgate_mlflow import ledger, ledger_pages
from mlgate_mlflow.experiment import existing, made
from mlgate_mlflow.ledger_runs import ENTRY, OF, SEQ, key, place
from mlgate_mlflow.registry import MlflowRegistry

NAME = "paged"


@pytest.fixture
def written(store: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A model with 23 entries, whose pages have 10; yields MLflow's client."""
    monkeypatch.setattr(ledger_pages, "DIGITS", 1)
    store.client.create_registered_model(NAME)
    event = Event(EventKind.VERDICT, "2026-11-28T08:00:00Z", "r", NAME, "me")
    last = append(None, event)
    for seq in range(1, 23):  # as `ledger.write` leaves them, in a tenth of its requests
        last = append(last, event) if seq > 1 else last
        tags = {ENTRY: entry(last).decode(), SEQ: place(seq), OF: key(NAME), "mlgate.model": NAME}
        store.client.set_terminated(store.client.create_run(made(), tags=tags).info.run_id)
    store.client.set_registered_model_tag(NAME, ledger.HEAD, f"{last.seq} {last.hash}")
    ledger_pages.keep(NAME, 19)
    ledger.write(event)
    yield store.client
    for run in (*_runs(store.client, "mlgate.ledger"), *_runs(store.client, "mlgate.ledger-page-of")):
        store.client.delete_run(run.info.run_id)
    store.client.delete_registered_model(NAME)


def _runs(client: Any, tag: str) -> list[Any]:
    found = client.search_runs([existing()], f"tags.`mlgate.model` = '{NAME}' and tags.`{tag}` LIKE '%'")
    return sorted(found, key=lambda run: (run.data.tags.get("mlgate.page"), run.data.tags.get("mlgate.entry-seq")))


def _spoilt(client: Any, run: Any) -> None:
    client.set_tag(run.info.run_id, "mlgate.page-part-000", "{}")


def _deleted(client: Any, run: Any) -> None:
    client.delete_run(run.info.run_id)


def test_pages_hold_what_the_runs_hold(written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pages are full; without any page everything is read as before, byte for byte."""
    assert [run.data.tags["mlgate.page"] for run in _runs(written, "mlgate.ledger-page-of")] == ["0", "1"]
    paged = MlflowRegistry().history(NAME)
    chain = read_chain(paged, MlflowRegistry().head(NAME))
    assert (len(chain.entries), chain.broken) == (23, None)
    monkeypatch.setattr(ledger_pages, "_pages", lambda name: {})
    assert MlflowRegistry().history(NAME) == paged


@pytest.mark.parametrize("harm", [_spoilt, _deleted])
@pytest.mark.parametrize("page", [0, 1])
def test_a_page_that_is_odd_or_gone(written: Any, harm: Callable[[Any, Any], None], page: int) -> None:
    """It is a copy: the entries are read from their own runs, and the next full page brings it back."""
    before = MlflowRegistry().history(NAME)
    harm(written, _runs(written, "mlgate.ledger-page-of")[page])
    assert MlflowRegistry().history(NAME) == before
    ledger_pages.keep(NAME, 19)
    assert MlflowRegistry().history(NAME) == before
    assert set(ledger_pages._pages(NAME)) == {0, 1}


def test_a_gap_hides_nothing_behind_it(written: Any) -> None:
    """A page and its entries are gone: what follows is read, and the audit names what is missing."""
    for run in (_runs(written, "mlgate.ledger-page-of")[1], *_runs(written, "mlgate.ledger")[9:19]):
        written.delete_run(run.info.run_id)
    chain = read_chain(MlflowRegistry().history(NAME), MlflowRegistry().head(NAME))
    assert str(chain.broken) == "entry 10: it is missing: number 20 stands in its place."


def test_what_is_broken_is_not_copied(written: Any) -> None:
    """An entry of a page that does not follow stays where it is seen."""
    for page in _runs(written, "mlgate.ledger-page-of"):
        written.delete_run(page.info.run_id)
    written.delete_run(_runs(written, "mlgate.ledger")[4].info.run_id)
    ledger_pages.keep(NAME, 19)
    assert set(ledger_pages._pages(NAME)) == {1}
    chain = read_chain(MlflowRegistry().history(NAME))
    assert str(chain.broken) == "entry 5: it is missing: number 6 stands in its place."
