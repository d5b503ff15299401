"""What git says of a folder: its commit, and what differs from it."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_SECONDS = 30


@dataclass(frozen=True, slots=True)
class WorkingTree:
    """The commit that is checked out, and the paths that are changed or not tracked."""

    commit: str
    changed: tuple[str, ...]


def working_tree(folder: Path) -> WorkingTree | None:
    """None where there is no git, no repository or no commit. What mlgate itself keeps there does not count."""
    commit = _git(folder, "rev-parse", "--verify", "HEAD")
    status = _git(folder, "status", "--porcelain=v1", "-z", "--no-renames", "--", ".", ":(exclude,glob)**/.mlgate/**")
    if commit is None or status is None:
        return None
    return WorkingTree(commit.strip(), tuple(entry[3:] for entry in status.split("\0") if len(entry) > 3))


def _git(folder: Path, *arguments: str) -> str | None:
    """The answer; hooks and monitors that a repository's own configuration may name are not run."""
    safe = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-optional-locks")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603 B607 # no shell; the user's own git
            ["git", *safe, "-C", str(folder), *arguments],  # noqa: S607 - the user's own git
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
            env={**inherited, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
