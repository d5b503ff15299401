"""Addresses of models and data stand in every record and report, so none may hold a secret."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, parse_qsl, urlsplit

from mlgate.errors import UsageError

_SECRET = re.compile(r"(?i)(sig|token|key|secret|passw|credential|auth)")


def refuse_secrets(addresses: Iterable[object]) -> None:
    """Raises `UsageError` for an address with a password, or with a query that signs it; the message repeats neither.

    A name before `@` alone may be a container of Azure's.
    """
    for address in addresses:
        parts = _parts(address)
        if parts is not None and (what := _secret_of(parts)) is not None:
            raise UsageError(
                f"the address of {parts.hostname} holds {what}, which every record and report would show.",
                hint="Let it come from the environment, as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY do.",
            )


def _parts(address: object) -> SplitResult | None:
    try:
        return urlsplit(address) if isinstance(address, str) and "://" in address else None
    except ValueError:
        return None


def _secret_of(parts: SplitResult) -> str | None:
    if parts.password is not None or (parts.scheme in ("http", "https") and parts.username is not None):
        return "a password"
    signed = next((name for name, _ in parse_qsl(parts.query, keep_blank_values=True) if _SECRET.search(name)), None)
    return None if signed is None else f"a secret, {signed!r}"
