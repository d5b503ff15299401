"""The formats that come with mlgate, through the same hook as everybody's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mlgate.spec import hookimpl

if TYPE_CHECKING:
    from mlgate.spec import Reporter


@hookimpl
def mlgate_reporters() -> Mapping[str, Reporter]:
    """`csv`, `gitlab`, `json`, `junit`, `markdown`, `prometheus` and `sarif`."""
    from mlgate.reports.gitlab import GitlabReporter
    from mlgate.reports.junit import JUnitReporter
    from mlgate.reports.markdown import MarkdownReporter
    from mlgate.reports.prometheus import PrometheusReporter
    from mlgate.reports.record import JsonReporter
    from mlgate.reports.sarif import SarifReporter
    from mlgate.reports.spreadsheet import CsvReporter

    return {
        "csv": CsvReporter(),
        "gitlab": GitlabReporter(),
        "json": JsonReporter(),
        "junit": JUnitReporter(),
        "markdown": MarkdownReporter(),
        "prometheus": PrometheusReporter(),
        "sarif": SarifReporter(),
    }
