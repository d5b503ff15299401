"""The formats that come with mlgate, through the same hook as everybody's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mlgate.spec import hookimpl

if TYPE_CHECKING:
    from mlgate.spec import Reporter


@hookimpl
def mlgate_reporters() -> Mapping[str, Reporter]:
    """`json`, `junit`, `markdown` and `sarif`."""
    from mlgate.reports.junit import JUnitReporter
    from mlgate.reports.markdown import MarkdownReporter
    from mlgate.reports.record import JsonReporter
    from mlgate.reports.sarif import SarifReporter

    return {
        "json": JsonReporter(),
        "junit": JUnitReporter(),
        "markdown": MarkdownReporter(),
        "sarif": SarifReporter(),
    }
