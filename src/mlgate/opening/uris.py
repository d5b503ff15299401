"""What a model's URI is, from its text alone."""

from __future__ import annotations

import re
from pathlib import PurePath

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


def names_file(uri: str, *endings: str) -> bool:
    """Whether `uri` is a path (no scheme; a single letter is a Windows drive) with one of the endings."""
    return _SCHEME.match(uri) is None and PurePath(uri).suffix.lower() in endings
