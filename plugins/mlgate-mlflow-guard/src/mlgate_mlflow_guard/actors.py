"""Who asked: the name that MLflow's basic-auth let in, and the one that the authorization states."""

from __future__ import annotations

import sys

UNKNOWN = "unknown"


def login() -> str | None:
    """The name that was logged in with; None without basic-auth, where such a header would prove nothing."""
    if "mlflow.server.auth" not in sys.modules:
        return None
    from flask import has_request_context, request

    given = request.authorization if has_request_context() else None
    return given.username or None if given is not None else None


def actor(signed: str | None = None) -> str:
    """Who is written down."""
    known = login()
    if known is None:
        return signed or UNKNOWN
    return known if signed in (None, known) else f"{known}, for {signed}"
