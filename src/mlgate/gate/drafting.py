"""What `mlgate init` can know before anything is measured: the columns, the label's task, what the model is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mlgate import gatefile, opening
from mlgate.checks import Check
from mlgate.errors import ModelClosed
from mlgate.gate.planning import facts_of
from mlgate.gate.request import GateRequest
from mlgate.gate.session import installed_host
from mlgate.gate.subjects import find
from mlgate.gatefile import ColumnFacts, ColumnKind, ProjectFacts, Proposal
from mlgate.gatefile.draft import primary
from mlgate.host import Host
from mlgate.tabular import Columns, Table

if TYPE_CHECKING:
    import polars as pl


def first_gate_file(request: GateRequest) -> str:
    """A commented gate file for the model and the tables of `request`, every guess marked as one.

    Raises `ModelError`, `RegistryError` or `DataError` where what was named is not there: a draft that can't run is
    no start.
    """
    host = installed_host(request.folder)
    refusal = _refusal(request.model, host)
    tables = {name: opening.open_table(uri, host.table_openers) for name, uri in request.tables.items()}
    checks = list(host.checks.values())
    facts = _facts(request, tables.get("test"))
    return gatefile.draft(replace(facts, refusal=refusal, proposals=_proposals(checks, tables)), checks)


def _refusal(model: object, host: Host) -> str | None:
    """Why the model will stay closed, if it will: a run would say so after everything else was written."""
    if not isinstance(model, str):
        return None
    try:
        find(model, host).admit()
    except ModelClosed as refusal:
        return str(refusal)
    return None


def _proposals(checks: Sequence[Check], tables: Mapping[str, Table]) -> tuple[Proposal, ...]:
    """What the checks themselves draft from the tables, after the primary comparison; none where none does."""
    drafted = [(check, options) for check in checks if check.draft and (options := check.draft(tables))]
    proposals = tuple(
        Proposal(check.id, options, f"{check.summary} A guess, from the tables.") for check, options in drafted
    )
    return (*primary(checks), *proposals) if proposals else ()


def _facts(request: GateRequest, test: Table | None) -> ProjectFacts:
    data = {name: str(uri) for name, uri in request.tables.items()}
    model = request.model if isinstance(request.model, str) else None
    champion = request.champion if isinstance(request.champion, str) else None
    if test is None:
        return ProjectFacts(model=model, champion=champion, data=data, label=request.label, positive=request.positive)
    columns = Columns(label=request.label, positive=request.positive)
    if request.label is not None:
        test.require(request.label)
    return ProjectFacts(
        model=model,
        champion=champion,
        data=data,
        label=request.label,
        task=facts_of(test, columns).task if request.label is not None else None,
        positive=request.positive,
        rows=test.rows,
        columns=_columns(test, request.label),
    )


def _columns(table: Table, label: str | None) -> tuple[ColumnFacts, ...]:
    """Every column but the label, with its kind and how many different values it has."""
    import polars as pl

    names = [name for name in table.columns if name != label]
    counts = table.collect(names).select(pl.all().n_unique()).row(0) if names else ()
    return tuple(
        ColumnFacts(name, _kind(table.schema[name]), distinct) for name, distinct in zip(names, counts, strict=True)
    )


def _kind(dtype: pl.DataType) -> ColumnKind:
    if dtype.is_temporal():
        return ColumnKind.TIME
    if dtype.is_numeric():
        return ColumnKind.NUMBER
    return ColumnKind.BOOLEAN if str(dtype) == "Boolean" else ColumnKind.TEXT
