"""Tables in files: Parquet, CSV, JSON lines, by path or glob."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlgate.tabular import Table

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_READ_BY_POLARS = frozenset(
    {"file", "s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "azure", "hf", "http", "https"}
)


class FileTableOpener:
    """Scans files by polars' streaming engine."""

    accepts = "a .parquet, .csv, .tsv, .json or .jsonl file, or a glob of them"

    def claims(self, uri: str) -> bool:
        """Whether `uri` is a path, or an address in a store that polars reads."""
        scheme = _SCHEME.match(uri)
        return scheme is None or scheme.group(1).lower() in _READ_BY_POLARS

    def open(self, uri: str) -> Table:
        """A lazy table. Raises `DataError`."""
        from mlgate.tabular import Table

        return Table.scan(uri)
