"""The alpha ledger: how many candidates a test set has judged.

Of twenty equal refits the best is "significantly better" two times in three, so the test set's error budget is shared
by the candidates that look at it. The same candidate looks again at no cost.
"""

from __future__ import annotations

import json
from pathlib import Path

from filelock import FileLock

from mlgate.errors import RecordError
from mlgate.runner.journal import write_atomically

FILE_NAME = "looks.json"


def count_look(state: Path, test_digest: str, candidate: str) -> int:
    """Which look at this test set `candidate` is, counting from 1; a new one is written down.

    Raises `RecordError` where the ledger can't be read: an unknown number of looks is not one look.
    """
    state.mkdir(parents=True, exist_ok=True)
    path = state / FILE_NAME
    with FileLock(path.with_suffix(".lock"), timeout=30):
        ledger = _read(path)
        seen = ledger.setdefault(test_digest, [])
        if candidate not in seen:
            seen.append(candidate)
            write_atomically(path, json.dumps(ledger, indent=1, sort_keys=True).encode())
        return seen.index(candidate) + 1


def _read(path: Path) -> dict[str, list[str]]:
    if not path.exists():
        return {}
    try:
        ledger = json.loads(path.read_bytes())
        return {str(test): [str(candidate) for candidate in seen] for test, seen in ledger.items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise RecordError(
            f"{path} is not a ledger of looks ({error}).",
            hint="Restore it from a backup; if you delete it, every test set counts as never looked at.",
        ) from error
