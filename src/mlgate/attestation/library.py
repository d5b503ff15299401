"""The one place that knows which extra brings what signs and verifies."""

from __future__ import annotations

from importlib.util import find_spec

from mlgate.errors import UsageError


def library() -> None:
    """Raises `UsageError` where securesystemslib or cryptography is not installed."""
    if find_spec("securesystemslib") is None or find_spec("cryptography") is None:
        raise UsageError(
            "keys need securesystemslib and cryptography, which are not installed.",
            hint="`pip install 'mlgate[sign]'` brings them.",
        )
