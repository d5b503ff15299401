"""`mlgate report`: draw reports from a record."""

from __future__ import annotations

from pathlib import Path

import click

from mlgate.cli.options import reports_option, split_report


@click.command()
@click.argument("record", type=click.Path(exists=True, path_type=Path))
@reports_option
def report(record: Path, reports: tuple[str, ...]) -> int:
    """Draw reports from RECORD: without --report, the summary on the terminal."""
    from mlgate.cli.folders import host_here
    from mlgate.cli.records import read_record
    from mlgate.cli.show import show, write_reports

    kept = read_record(record)
    if not reports:
        show(kept)
        return 0
    return 3 if write_reports(kept, [split_report(report) for report in reports], host_here(Path.cwd())) else 0
