"""A run that is killed loses the check in flight and nothing else."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from mlgate.results.record_json import record_schema

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Desk

TOYS = '''
import time
from collections.abc import Iterator
from pathlib import Path

from mlgate import Measurement, check

FOLDER = Path(__file__).parent


def counted(name):
    with (FOLDER / "calls.txt").open("a") as calls:
        calls.write(name + "\\n")
    return Measurement.exact(1, n=1)


@check("toy.a_first", default={"at_least": 1})
def first():
    """Is measured before the kill."""
    return counted("first")


@check("toy.b_second", default={"at_least": 1})
def second():
    """Is measured before the kill."""
    return counted("second")


@check("toy.c_slow", default={"at_least": 1})
def slow():
    """Is in flight when the process is killed."""
    measured = counted("slow")
    while not (FOLDER / "go").exists():
        time.sleep(0.01)
    return measured


@check("toy.d_last", default={"at_least": 1})
def last():
    """Is measured after the run goes on."""
    return counted("last")
'''
RUN = ("run", "--model", "candidate.joblib", "--test", "test.parquet", "--label", "late", "--checks", "toy.*")


@pytest.fixture
def killed(desk: Desk) -> Desk:
    """A desk whose run was killed with SIGKILL while `toy.c_slow` was measured."""
    desk.write("mlgate_checks.py", TOYS)
    process = desk.start(*RUN)
    try:
        _wait_for(desk / "calls.txt", "slow", process, desk)
    finally:
        process.kill()
        process.communicate()
    return desk


def test_only_the_check_in_flight_is_lost(killed: Desk) -> None:
    """What was measured before the kill stands in the journal and in a record that says it is not complete."""
    journal = next(killed.folder.glob(".mlgate/runs/*/measured.jsonl")).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["check"] for line in journal] == ["toy.a_first", "toy.b_second"]
    record = killed.record()
    assert record["complete"] is False
    assert {result["check"] for result in record["results"]} <= {"toy.a_first", "toy.b_second"}
    assert record["verdict"]["decision"] == "denied"
    assert record["verdict"]["reasons"][0] == "this run is not finished: `mlgate run --resume` measures what is left."


def test_resume_measures_what_is_left_and_nothing_twice(killed: Desk) -> None:
    """`--resume` continues the same run under the same name."""
    (killed / "go").touch()
    done = killed.mlgate(*RUN, "--resume")
    assert done.code == 0, done
    assert (killed / "calls.txt").read_text(encoding="utf-8").split() == ["first", "second", "slow", "slow", "last"]
    assert len(killed.records()) == 1
    assert killed.record()["complete"] is True
    assert [result["outcome"] for result in killed.record()["results"]] == ["passed"] * 4


def test_resume_with_other_data_is_refused(killed: Desk) -> None:
    """What was measured on other rows can't be mixed in."""
    (killed / "go").touch()
    done = killed.mlgate(*["few.parquet" if word == "test.parquet" else word for word in RUN], "--resume")
    assert done.code == 4
    run = next(killed.folder.glob(".mlgate/runs/*")).name
    assert done.err == (
        f"mlgate: the run {run} was of another model, other data, another gate file or other checks. "
        "What it measured can't be mixed with this: run without --resume.\n"
    )


def test_resume_without_a_run_is_refused(desk: Desk) -> None:
    """There is nothing to go on with."""
    done = desk.mlgate(*RUN[:-1], "performance.*", "--resume")
    assert done.code == 4
    assert done.err == f"mlgate: there is no run in {desk / '.mlgate'} to resume. Run without --resume.\n"


@pytest.fixture
def heeded() -> Iterator[None]:
    """Ctrl-C counts: a background job of a shell ignores it, and so does what it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_run_that_is_told_to_end_leaves_nothing_open(
    desk: Desk, tmp_path: Path, heeded: None, number: signal.Signals, code: int
) -> None:
    """As CI servers cancel a job: what was measured is kept, and no copy of the model stays behind."""
    desk.write("mlgate_checks.py", TOYS)
    own = tmp_path / "temporary"
    own.mkdir()
    process = desk.start(*RUN, TMPDIR=str(own))
    _wait_for(desk / "calls.txt", "slow", process, desk)
    assert len(list(own.iterdir())) > 0
    process.send_signal(number)
    _, told = process.communicate(timeout=60)
    assert (process.returncode, told.splitlines()[-1]) == (code, "mlgate: interrupted.")
    assert [each.name for each in own.iterdir()] == []
    assert desk.record()["complete"] is False


def _wait_for(path: Path, word: str, process: subprocess.Popen[str], desk: Desk) -> None:
    """Until `word` stands in `path`; meanwhile every record that can be seen is whole and follows its schema."""
    schema = record_schema()
    deadline = time.monotonic() + 60
    while not path.exists() or word not in path.read_text(encoding="utf-8"):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        for record in desk.folder.glob(".mlgate/runs/*/record.json"):
            jsonschema.validate(_strict(record.read_bytes()), schema)
        time.sleep(0.005)


def _strict(document: bytes) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(document, parse_constant=refuse)
