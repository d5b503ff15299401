"""Who promotes: what the history calls them. A claim, and no proof: keys and the registry's own log-in are that."""

from __future__ import annotations

import getpass
import os

VARIABLE = "MLGATE_ACTOR"
_CI = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_USER_ID")


def actor() -> str:
    """MLGATE_ACTOR, else the user that the CI server names, else the one who is logged in."""
    for name in (VARIABLE, *_CI):
        if stated := os.environ.get(name, "").strip():
            return stated[:200]
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container whose user id has no name
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"
