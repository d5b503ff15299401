"""Read a record that a user names: its file, or the folder of its run."""

from __future__ import annotations

from pathlib import Path

from mlgate.errors import RecordError
from mlgate.results import Record
from mlgate.results.record_json import from_json
from mlgate.runner.journal import RECORD


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
