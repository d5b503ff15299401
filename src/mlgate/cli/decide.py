"""`mlgate decide`: decide again from a record, with the gate file as it is now."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli.options import gate_option, reports_option


@click.command()
@click.argument("record", type=click.Path(exists=True, path_type=Path))
@gate_option
@reports_option
def decide(record: Path, gate: Path | None, reports: tuple[str, ...]) -> int:
    """Decide again from RECORD, with the gate file as it is now. Nothing is measured."""
    from mlgate.cli.records import read_record
    from mlgate.cli.reporting import asked_reports, write_reports
    from mlgate.cli.show import show
    from mlgate.gate import GateRequest, installed_host, redecide
    from mlgate.gate.settings import gate_path

    path = gate_path(GateRequest(gate=gate))
    host = installed_host(path.parent if path is not None else Path.cwd())
    asked = asked_reports(reports, host)
    decided = redecide(read_record(record), path, host)
    show(decided)
    kept = next((each.path for each in asked if each.name == "json"), None)  # RECORD holds the former decision
    lost = write_reports(decided, asked, kept)
    return decided.verdict.exit_code or (3 if lost else 0)
