"""The formats that come with mlgate, through the same hook as everybody's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mlgate.spec import hookimpl

if TYPE_CHECKING:
    from mlgate.spec import Reporter


@hookimpl
def mlgate_reporters() -> Mapping[str, Reporter]:
    """`csv`, `github`, `gitlab`, `html`, `json`, `junit`, `markdown`, `model-card`, `prometheus` and `sarif`."""
    from mlgate.reports.github.reporter import GithubReporter
    from mlgate.reports.gitlab import GitlabReporter
    from mlgate.reports.html.reporter import HtmlReporter
    from mlgate.reports.junit import JUnitReporter
    from mlgate.reports.markdown import MarkdownReporter
    from mlgate.reports.model_card.reporter import ModelCardReporter
    from mlgate.reports.prometheus import PrometheusReporter
    from mlgate.reports.record import JsonReporter
    from mlgate.reports.sarif import SarifReporter
    from mlgate.reports.spreadsheet import CsvReporter

    return {
        "csv": CsvReporter(),
        "github": GithubReporter(),
        "gitlab": GitlabReporter(),
        "html": HtmlReporter(),
        "json": JsonReporter(),
        "junit": JUnitReporter(),
        "markdown": MarkdownReporter(),
        "model-card": ModelCardReporter(),
        "prometheus": PrometheusReporter(),
        "sarif": SarifReporter(),
    }
