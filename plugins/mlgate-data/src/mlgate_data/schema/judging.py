"""Hold claims against a table: a claim that can't be held is a finding, never a pass."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from mlgate import MlgateError, Severity
from mlgate_data.engine.facts import Fact
from mlgate_data.engine.scan import Scan
from mlgate_data.schema.claims import Breach, Claim
from mlgate_data.schema.claims_table import listed, with_nearest


def needed(claims: Sequence[Claim], scan: Scan) -> Iterator[Fact[Any]]:
    """The facts that the claims need first."""
    for claim in _askable(claims, scan):
        try:
            yield from claim.facts(scan.schema)
        except MlgateError:
            continue  # its finding says it


def needed_then(claims: Sequence[Claim], scan: Scan) -> Iterator[Fact[Any]]:
    """The facts that broken claims need to show the rows."""
    for claim in _askable(claims, scan):
        try:
            yield from claim.more(scan)
        except MlgateError:
            continue


def broken_claims(claims: Sequence[Claim], scan: Scan, named: Collection[str]) -> Iterator[tuple[Claim, Breach]]:
    """Every broken claim with what is wrong. Missing columns among `named` are told once, or optional.

    A column of another type is told once, not again by every rule that can't be held against that type.
    """
    mistyped: set[str] = set()
    for claim in sorted(claims, key=lambda claim: claim.rule != "type"):
        try:
            breach = _breach(claim, scan, named)
        except MlgateError as error:
            breach = None if mistyped.intersection(claim.columns) else _unheld(claim, error)
        if breach is not None:
            mistyped.update(claim.columns if claim.rule == "type" else ())
            yield claim, breach


def _askable(claims: Sequence[Claim], scan: Scan) -> Iterator[Claim]:
    return (claim for claim in claims if all(name in scan.schema for name in claim.columns))


def _breach(claim: Claim, scan: Scan, named: Collection[str]) -> Breach | None:
    missing = [name for name in claim.columns if name not in scan.schema]
    if missing:
        unsaid = [with_nearest(name, scan.schema) for name in missing if name not in named]
        said = f"{claim.rule} names columns that are not there: {listed(unsaid)}"
        return Breach(claim.rule, claim.columns, said, Severity.HIGH) if unsaid else None
    return claim.breach(scan)


def _unheld(claim: Claim, error: MlgateError) -> Breach:
    said = f"the rule {claim.rule} could not be held against it: {str(error).rstrip('.')}"
    return Breach(claim.rule, claim.columns, said, Severity.HIGH)
