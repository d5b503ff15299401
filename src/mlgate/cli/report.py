"""`mlgate report`: draw reports from a record."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli.options import reports_option


@click.command()
@click.argument("record", type=click.Path(exists=True, path_type=Path))
@reports_option
def report(record: Path, reports: tuple[str, ...]) -> int:
    """Draw reports from RECORD: without --report, the summary on the terminal."""
    from mlgate.cli.folders import host_here
    from mlgate.cli.records import read_record, record_file
    from mlgate.cli.reporting import asked_reports, write_reports
    from mlgate.cli.show import show

    kept = read_record(record)
    if not reports:
        show(kept)
        return 0
    return 3 if write_reports(kept, asked_reports(reports, host_here(Path.cwd())), record_file(record)) else 0
