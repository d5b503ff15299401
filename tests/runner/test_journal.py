"""A run's folder loses at most the check in flight."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mlgate import Measurement
from mlgate.errors import RecordError
from mlgate.results import CheckRun, RunStatus
from mlgate.runner.journal import JOURNAL, RunFolder, new_run_id, runs, write_atomically


def a_run(check: str) -> CheckRun:
    return CheckRun(check, RunStatus.MEASURED, 0.5, Measurement.exact(1.0, n=10), {"k": [1, 2]})


def test_what_was_appended_is_read_back_in_order(tmp_path: Path) -> None:
    """The journal is the run so far."""
    folder = RunFolder.create(tmp_path, "one", b"{}")
    written = [a_run("a.one"), a_run("a.two")]
    for run in written:
        assert folder.append(run) == run
    assert list(folder.measured()) == written


def test_a_line_cut_off_by_a_kill_is_no_check(tmp_path: Path) -> None:
    """Only the check that was being written is lost, whatever byte the kill hit."""
    folder = RunFolder.create(tmp_path, "one", b"{}")
    folder.append(a_run("a.one"))
    whole = (folder.path / JOURNAL).read_bytes()
    folder.append(a_run("a.two"))
    both = (folder.path / JOURNAL).read_bytes()
    for end in range(len(whole), len(both)):
        (folder.path / JOURNAL).write_bytes(both[:end])
        assert [run.check for run in folder.measured()] == ["a.one"]


def test_a_measurement_that_json_cannot_hold_is_kept_as_an_error(tmp_path: Path) -> None:
    """A check can't smuggle NaN into the record through its data."""
    folder = RunFolder.create(tmp_path, "one", b"{}")
    smuggled = Measurement.exact(1.0, n=1)
    bad = CheckRun("a.nan", RunStatus.MEASURED, 0.1, Measurement(smuggled.estimate, data={"x": float("nan")}))
    kept = folder.append(bad)
    assert kept.status is RunStatus.ERRORED
    assert kept.measurement is None
    assert folder.measured() == (kept,)
    assert json.loads((folder.path / JOURNAL).read_bytes())


def test_runs_are_listed_the_newest_first(tmp_path: Path) -> None:
    """The run to resume is the last one begun; a folder without a plan is no run."""
    for second in (1, 3, 2):
        RunFolder.create(tmp_path, new_run_id(datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC)), b"{}")
    (tmp_path / "runs" / "29990101T000000-stray").mkdir()
    assert [folder.id[:15] for folder in runs(tmp_path)] == ["20260101T000003", "20260101T000002", "20260101T000001"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """A reader never sees half a record, and no temporary file is left behind."""
    path = tmp_path / "record.json"
    write_atomically(path, b"old")
    with pytest.raises(TypeError):
        write_atomically(path, "not bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """A full or read-only disk is told with its path and the way out."""
    (tmp_path / "runs").write_text("a file where the folder should be")
    with pytest.raises(RecordError) as caught:
        RunFolder.create(tmp_path, "one", b"{}")
    assert str(caught.value) == (
        f"the run can't be kept in {tmp_path}/runs/one: Not a directory. "
        "Make room or make it writable; what was measured until then is in its journal."
    )


def test_the_record_is_readable_by_others(tmp_path: Path) -> None:
    """A report that only its writer can open is no report: it gets the mode that open() would give."""
    path = tmp_path / "record.json"
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    write_atomically(path, b"x")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
