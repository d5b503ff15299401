"""`mlgate diff`: what changed between two records."""

from __future__ import annotations

import click

from mlgate.cli.options import pages_option


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@pages_option("markdown", "html")
def diff(before: str, after: str, reports: tuple[str, ...]) -> int:
    """Tell what changed from A to B: outcomes, numbers with the interval of their difference, findings, facts.

    A and B are records, folders of runs, or ids of runs that are kept here; the beginning of an id is enough. Exit code
    0, whatever changed; 3 where a page could not be written.
    """
    from mlgate.cli.records import named_record
    from mlgate.cli.reporting import asked_pages, write_pages
    from mlgate.reports.diff import formats
    from mlgate.reports.diff.changes import changes

    pages = asked_pages(reports, {"markdown": formats.markdown, "html": formats.html})
    found = changes(named_record(before), named_record(after))
    click.echo(formats.text(found), nl=False)
    return 3 if write_pages(pages, found) else 0
