"""A baseline: bandit's own JSON report of issues that are known and accepted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from mlgate import CheckError
from mlgate_security.code.scanning import Issue

Key = tuple[str, str, str]


def known_issues(path: Path, folder: Path) -> Counter[Key]:
    """How often each issue (file, test, text) stands in the report; lines move, and are no part of it.

    Raises `CheckError` where `path` is no report of bandit's.
    """
    try:
        results = json.loads(path.read_bytes())["results"]
        return Counter(
            (_relative(each["filename"], folder), each["test_id"], " ".join(each["issue_text"].split()))
            for each in results
        )
    except OSError as error:
        raise CheckError(f"the baseline {path.name} can't be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckError(
            f"the baseline {path.name} is no report of bandit's.",
            hint="`bandit -r code -f json -o baseline.json` writes one.",
        ) from error


def unknown(issues: Iterable[Issue], known: Counter[Key]) -> tuple[Issue, ...]:
    """The issues that are not in the baseline; two alike of which one is known leave one."""
    left = known.copy()
    fresh = []
    for issue in issues:
        key = (issue.file.name, issue.test, issue.text)
        if left[key] > 0:
            left[key] -= 1
        else:
            fresh.append(issue)
    return tuple(fresh)


def _relative(name: str, folder: Path) -> str:
    """`./code/x.py` and an absolute path inside of the gate file's folder as `code/x.py`."""
    path = Path(name)
    if path.is_absolute() and path.is_relative_to(folder.resolve()):
        path = path.relative_to(folder.resolve())
    return PurePosixPath(path.as_posix()).as_posix()
