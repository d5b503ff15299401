"""Lengths of time and sizes as a gate file writes them: `30s`, `5min`, `250ms`, `64MB`."""

from __future__ import annotations

import re

from mlgate import UsageError

_SECONDS = {"ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
_BYTES = {"B": 1.0, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1024.0, "MiB": 1024.0**2, "GiB": 1024.0**3}


def seconds(option: str, text: str) -> float:
    """`text` in seconds. Raises `UsageError` that names the option, for a number without a unit above all."""
    return _read(option, text, _SECONDS, "30s")


def size(option: str, text: str) -> int:
    """`text` in bytes. Raises `UsageError`."""
    return int(_read(option, text, _BYTES, "16MB"))


def _read(option: str, text: str, units: dict[str, float], example: str) -> float:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", text)
    if match is None or match[2] not in units:
        what = "has no unit" if match is not None and not match[2] else "is not a number with a unit"
        raise UsageError(f'{option} = "{text}" {what}.', hint=f'Write it as "{example}"; units: {", ".join(units)}.')
    return float(match[1]) * units[match[2]]
