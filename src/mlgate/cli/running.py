"""What `mlgate run` does with a run: show it, write the reports, tell the registry."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mlgate import promotion
from mlgate.cli.keeping import kept_somewhere
from mlgate.cli.progress import progress
from mlgate.cli.reporting import asked_reports, write_reports
from mlgate.cli.show import show
from mlgate.cli.signing import sign_record, taken_key
from mlgate.errors import MlgateError
from mlgate.gate import GateRequest, installed_host, run_gate
from mlgate.gate.settings import gate_path
from mlgate.host import Host
from mlgate.reports.terminal import harmless_lines
from mlgate.results import Record
from mlgate.results.record_json import to_json

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner


def run_and_report(request: GateRequest, reports: Sequence[str], *, keys: Sequence[str] = (), write_back: bool) -> int:
    """The exit code of the verdict; 3 where a report could not be written, the verdict not signed or the registry not
    told.
    """
    signers = [taken_key(key) for key in keys]
    path = gate_path(request)
    host = installed_host(path.parent if path is not None else request.folder)
    asked = asked_reports(reports, host)
    request = kept_somewhere(request)
    with progress(sys.stderr) as observer:
        record = run_gate(request, observer=observer)
    show(record)
    where = request.state / "runs" / record.facts.id / "record.json"
    lost = write_reports(record, asked, where)
    click.echo(f"record: {_short(where)}")
    attestation = None
    if signers:
        attestation = _sign(record, where, signers)
        lost += attestation is None
    if write_back:
        lost += _tell_registry(record, host, attestation)
    return record.verdict.exit_code or (3 if lost else 0)


def _tell_registry(record: Record, host: Host, attestation: bytes | None) -> int:
    """Write the verdict to the version in its registry; 1 where that failed (it is said, and nothing else is lost)."""
    candidate = record.facts.candidate
    if candidate is None or candidate.version is None:
        return 0
    try:
        promotion.write_back(host.registry(candidate.uri), to_json(record), record, attestation)
    except MlgateError as error:
        click.echo(harmless_lines(f"mlgate: the verdict could not be written to the registry: {error}"), err=True)
        return 1
    return 0


def _sign(record: Record, where: Path, signers: Sequence[CryptoSigner]) -> bytes | None:
    """Sign the record; None where that failed (it is said, and the verdict stands)."""
    try:
        written = sign_record(record, where.read_bytes(), signers, where.with_name("attestation.json"))
    except MlgateError as error:
        click.echo(harmless_lines(f"mlgate: the verdict could not be signed: {error}"), err=True)
        return None
    click.echo(f"attestation: {_short(written)}")
    return written.read_bytes()


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
