"""`--report github`: everything at once, each to where GitHub Actions looks for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mlgate.ledger import digest_of
from mlgate.reports.github.annotations import Root, annotated
from mlgate.reports.github.commands import output
from mlgate.reports.github.summary import summary
from mlgate.results import Record
from mlgate.results.record_json import to_json
from mlgate.spec import Published


@dataclass(frozen=True, slots=True)
class GithubReporter:
    """Draws the step summary; published, also annotations and the outputs verdict, record and verdict-digest."""

    def render(self, record: Record) -> str:
        """The step summary alone, under 1 MiB."""
        return summary(record) or ""

    def publish(self, record: Record, kept: Path | None) -> Published:
        """Append to the files that GITHUB_STEP_SUMMARY and GITHUB_OUTPUT name; the annotations are for stdout.

        What can't be written is a complaint, and nothing else is lost by it: the verdict is the exit code.
        """
        root = Root(Path.cwd(), _folder(os.environ.get("GITHUB_WORKSPACE")))
        complaints = [
            _appended("GITHUB_STEP_SUMMARY", lambda taken: summary(record, taken), "the step summary"),
            _appended("GITHUB_OUTPUT", lambda _: _outputs(record, kept), "the outputs"),
        ]
        return Published(tuple(annotated(record, root)), tuple(said for said in complaints if said))


def _folder(named: str | None) -> Path | None:
    return Path(named) if named else None


def _outputs(record: Record, kept: Path | None) -> str:
    """The digest is that of the record's bytes, as the registry's tag and the ledger name it."""
    told: Mapping[str, str] = {
        "verdict": record.verdict.decision,
        "record": str(kept.absolute()) if kept is not None else "",
        "verdict-digest": digest_of(_document(record, kept)),
    }
    return "".join(output(name, value) for name, value in told.items())


def _document(record: Record, kept: Path | None) -> bytes:
    try:
        return kept.read_bytes() if kept is not None else to_json(record)
    except OSError:
        return to_json(record)


def _appended(variable: str, written: Callable[[int], str | None], what: str) -> str | None:
    """Append to the file that the variable names; why that was not done, where it was not."""
    named = os.environ.get(variable)
    if not named:
        return f"{variable} is not set, so {what} went nowhere: GitHub Actions sets it."
    path = Path(named)
    try:
        text = written(path.stat().st_size if path.exists() else 0)
        if text is None:
            return f"{named} is full already, so {what} did not fit: GitHub takes 1 MiB a step."
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        return f"{what} could not be written to {named}, which {variable} names: {error.strerror or error}."
    return None
