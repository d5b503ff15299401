"""Values that stand in environment variables: named in the gate file, read where they are used, printed nowhere."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from mlgate import UsageError

_NAMED = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")
_SHORTEST = 4  # to hide two letters wherever they stand would hide everything


def resolved(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with `env:NAME` replaced, alone or after a word (`Bearer env:TOKEN`). Raises `UsageError`."""
    found = {}
    for name, text in headers.items():
        values = {variable: _value(variable, name) for variable in _NAMED.findall(text)}
        found[name] = _NAMED.sub(lambda match, values=values: values[match[1]], text)  # type: ignore[misc]
    return found


def hidden(text: str, headers: Mapping[str, str]) -> str:
    """`text` without the values of the variables that `headers` name, which a server may have repeated."""
    for written in headers.values():
        for variable in _NAMED.findall(written):
            value = os.environ.get(variable, "")
            if len(value) >= _SHORTEST:
                text = text.replace(value, f"[{variable}]")
    return text


def _value(variable: str, header: str) -> str:
    value = os.environ.get(variable)
    if not value:
        raise UsageError(
            f"the header {header} takes its value from the variable {variable}, which is not set.",
            hint=f"Set {variable} where the gate runs.",
        )
    if "\r" in value or "\n" in value:
        raise UsageError(f"the variable {variable} holds a line break, which no header can.", hint="Set it anew.")
    return value
