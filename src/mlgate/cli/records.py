"""Read a record that a user names: its file, the folder of its run, or the run's id."""

from __future__ import annotations

from pathlib import Path

from mlgate.errors import RecordError, UsageError
from mlgate.gate import GateRequest
from mlgate.results import Record
from mlgate.results.record_json import from_json
from mlgate.rules.numbers import some
from mlgate.runner.journal import RECORD, RunFolder, runs


def record_file(path: Path) -> Path:
    """The record's file, where a user named the folder of its run."""
    return path / RECORD if path.is_dir() else path


def read_record(path: Path) -> Record:
    """The record at `path`. Raises `RecordError`, naming the file, where it is none."""
    file = record_file(path)
    try:
        return from_json(file.read_bytes())
    except OSError as error:
        raise RecordError(f"{file} can't be read: {error.strerror}.") from error
    except RecordError as error:
        raise RecordError(error.message, hint=error.hint, where=str(file)) from error


def named_record(named: str) -> Record:
    """The record of a file, a folder, or a run that is kept here, by the beginning of its id. Raises `UsageError`."""
    path = Path(named)
    return read_record(path if named and path.exists() else _run_of(named).record_path)


def _run_of(id: str) -> RunFolder:
    state = GateRequest().state
    kept = runs(state)
    found = [run for run in kept if run.id.startswith(id)] if id else []
    if len(found) == 1:
        return found[0]
    if found:
        ids = some([run.id for run in found])
        raise UsageError(f"{id} begins the ids of {len(found)} runs: {ids}.", hint="Name one of them.")
    newest = f"The newest here is {kept[0].id}." if kept else f"No run is kept in {state}."
    raise UsageError(f"there is no record {id}, and no run of that id.", hint=newest)
