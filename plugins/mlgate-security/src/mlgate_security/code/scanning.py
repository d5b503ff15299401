"""Runs bandit in a process of its own: what crashes on a hostile file must not take the gate with it.

Through bandit's classes and not its command: the command obeys a `.bandit` file that it finds beside the code, and
with it the author of the code would choose what is looked for. A test of bandit's that crashes is only logged, and its
file counts as looked into: so the log is listened to, and an error in it is an error.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mlgate import CheckError, Severity
from mlgate_security.files import SourceFile

_SECONDS_AT_LEAST, _SECONDS_PER_FILE = 120, 1
_CHILD = """
import json, logging, sys
from bandit.core.config import BanditConfig
from bandit.core.manager import BanditManager
crashes = []
class Listener(logging.Handler):
    def emit(self, record):
        crashes.append(record.getMessage())
logging.getLogger("bandit").addHandler(Listener(logging.ERROR))
asked = json.load(sys.stdin)
manager = BanditManager(BanditConfig(), "file", ignore_nosec=asked["ignore_nosec"])
manager.files_list = asked["files"]
manager.run_tests()
totals = manager.metrics.data["_totals"]
json.dump({
    "issues": [
        [each.fname, each.lineno, each.test_id, each.severity, each.confidence, each.text] for each in manager.results
    ],
    "errors": manager.get_skipped(),
    "crashes": crashes,
    "nosec": totals["nosec"] + totals["skipped_tests"],
}, sys.stdout)
"""


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that bandit found, in its own words; `test` is its id, as B602."""

    file: SourceFile
    line: int
    test: str
    severity: Severity
    confidence: Severity
    text: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What bandit found; `nosec` counts what comments in the code told it to pass over."""

    issues: tuple[Issue, ...]
    nosec: int


def scan(files: Sequence[SourceFile], *, ignore_nosec: bool) -> Scan:
    """Every issue in `files`. Raises `CheckError` where a file could not be looked into, or bandit failed."""
    by_path = {str(file.path): file for file in files}
    answer = _ask({"files": list(by_path), "ignore_nosec": ignore_nosec}, len(files))
    if answer["errors"]:
        path, reason = answer["errors"][0]
        more = f", and {len(answer['errors']) - 1} more files" if len(answer["errors"]) > 1 else ""
        raise CheckError(
            f"bandit could not look into {by_path[path].name} ({reason}){more}.",
            hint="What was not looked into did not pass: mend the file, or take it out of the model.",
        )
    if answer["crashes"]:
        raise CheckError(f"a test of bandit's crashed: {_crash(answer['crashes'][0], by_path)}.")
    issues = (_issue(by_path, each) for each in answer["issues"])
    return Scan(tuple(sorted(issues, key=lambda issue: (issue.file.name, issue.line, issue.test))), answer["nosec"])


def _ask(question: object, files: int) -> dict[str, Any]:
    limit = _SECONDS_AT_LEAST + _SECONDS_PER_FILE * files
    command = [sys.executable, "-I", "-B", "-c", _CHILD]
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603 # our own program; what was read is its input
            command, input=json.dumps(question), capture_output=True, text=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise CheckError(f"bandit had not looked into {files} files after {limit} s.") from error
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1][:300]
        raise CheckError(f"bandit ended with code {done.returncode}: {last}.")
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise CheckError("bandit's answer can't be read.") from error
    return answer


def _crash(said: str, by_path: dict[str, SourceFile]) -> str:
    """The first line of what bandit logged, with the file's name in place of where its copy lies."""
    first = said.strip().partition("\n")[0].removesuffix("Traceback (most recent call last):")
    for path, file in by_path.items():
        first = first.replace(path, file.name)
    return first.removeprefix("Bandit internal error running: ").rstrip(". ")[:300]


def _issue(by_path: dict[str, SourceFile], told: list[Any]) -> Issue:
    path, line, test, severity, confidence, text = told
    return Issue(by_path[path], line, test, _grade(severity), _grade(confidence), " ".join(text.split()))


def _grade(word: str) -> Severity:
    """bandit's UNDEFINED is its least."""
    return Severity(word.lower()) if word in ("LOW", "MEDIUM", "HIGH") else Severity.LOW
