"""A worker may do anything: what it answered counts, what happened is a sentence, and nothing is left behind."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import psutil
import pyarrow as pa
import pytest

from mlgate.engines import Bounds, Engine, ask, told_of
from mlgate.engines.protocol import PROTOCOL
from mlgate.results import Sandbox, SandboxLevel
from mlgate.sandbox import landlock, seccomp
from mlgate.sandbox.confining import Means

MIB = 1 << 20
pytestmark = pytest.mark.usefixtures("built")
confined = pytest.mark.skipif(
    landlock.abi() < landlock.WHOLE or not seccomp.available(), reason="this kernel lacks Landlock or seccomp"
)
Toy = Callable[..., Engine]


def test_a_worker_is_asked_and_answers(toy: Toy) -> None:
    """What goes in comes out, by way of files."""
    answer = ask(toy(), {"question": [1, 2.5, None, "ä"]}, {"test": [pa.table({"x": [1]})]})
    assert answer.items == ({"echo": {"question": [1, 2.5, None, "ä"]}, "tables": ["test"]},)
    assert (answer.failure, answer.built) == (None, None)


def test_tables_arrive_row_by_row_in_their_order(toy: Toy) -> None:
    """Another reader of Arrow streams finds the same rows; batches are one table."""
    source = """
    def answer(body, tables, emit):
        with open(tables["train"], "rb") as file:
            emit({"stream": file.read().hex()})
    """
    parts = [pa.table({"n": [1, 2], "word": ["a", None]}), pa.table({"n": [3, 4], "word": ["c", "d"]})]
    (item,) = ask(toy(source), {}, {"train": iter(parts)}).items
    seen = pl.read_ipc_stream(io.BytesIO(bytes.fromhex(str(item["stream"]))))
    assert seen.to_dict(as_series=False) == {"n": [1, 2, 3, 4], "word": ["a", None, "c", "d"]}


def test_numbers_that_are_not_finite_come_back_as_nothing(toy: Toy) -> None:
    """Strict JSON has no NaN."""
    source = """
    def answer(body, tables, emit):
        emit({"a": float("nan"), "b": [float("inf"), 1.5], "c": {1: (2, object)}})
    """
    (item,) = ask(toy(source), {}).items
    assert (item["a"], item["b"]) == (None, [None, 1.5])
    assert item["c"] == {"1": [2, "<class 'object'>"]}


FAULTS = {
    "raises": ("raise KeyError('colour')", "crashed with KeyError: 'colour'"),
    "is killed": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "was killed, as a system does"),
    "crashes": ("import os; os.abort()", "crashed its process (SIGABRT)"),
    "exits": (
        "import os; print('out of ideas', flush=True); os._exit(3)",
        "ended with exit code 3 and said last: 'out",
    ),
    "leaves": ("import os; os._exit(0)", "ended before it had answered all"),
    "hangs": ("import time; time.sleep(60)", "was not done within 5 s and was ended"),
    "takes memory": ("x = bytearray(900 * 2**20)", "ran out of the memory that it is given"),
    "writes too much": ("open('big', 'wb').write(b'x' * (80 * 2**20))", "crashed with OSError: [Errno 27]"),
    "leaves with a helper": (
        "import subprocess as s, sys\n    s.Popen([sys.executable, '-c', 'input(9); 1/0'], stdin=-1)\n    1 / 0",
        "crashed with ZeroDivisionError",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_a_sentence_and_what_was_answered_before_counts(toy: Toy, fault: str) -> None:
    """Killed, crashed, late, greedy: the first item is there all the same."""
    code, said = FAULTS[fault]
    source = f"def answer(body, tables, emit):\n    emit({{'done': 1}})\n    {code}\n"
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    seconds = 5.0 if fault == "hangs" else 60.0
    answer = ask(toy(source), {}, bounds=Bounds(memory=512 * MIB, seconds=seconds))
    assert answer.items == ({"done": 1},)
    assert answer.failure is not None
    assert answer.failure.startswith(said)
    left = [each for each in psutil.Process().children(recursive=True) if each.pid not in before]
    assert [each for each in left if each.status() != psutil.STATUS_ZOMBIE] == []


GARBAGE = {
    "bytes": ("b'\\xff\\xfe\\n'", "answered with what is no strict JSON"),
    "NaN": ('b\'{"item": {"x": NaN}}\\n\'', "answered with what is no strict JSON"),
    "a list": ("b'[1]\\n'", "answered with what is no strict JSON"),
    "deep": ("b'[' * 100_000 + b'\\n'", "answered with what is no strict JSON"),
    "another word": ('b\'{"verdict": "allowed"}\\n\'', "answered with something else"),
}


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_is_no_answer(toy: Toy, kind: str) -> None:
    """A worker that writes to the answer file itself."""
    line, said = GARBAGE[kind]
    source = f"""
    import os
    def answer(body, tables, emit):
        emit({{"first": True}})
        with open("answer.jsonl", "ab") as file:
            file.write({line})
        os._exit(0)
    """
    answer = ask(toy(source), {})
    assert (answer.items, answer.failure) == (({"first": True},), said)


def test_another_protocol_is_refused(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker of another release says so, and is not guessed at."""
    monkeypatch.setattr("mlgate.engines.protocol.PROTOCOL", 2)
    answer = ask(toy(), {"x": 1})
    assert answer.items == ()
    assert answer.failure == f"speaks protocol {PROTOCOL}, and this mlgate speaks 2"


def test_too_much_output_is_not_read(toy: Toy) -> None:
    """The file's size is bounded by the kernel; where that is missing, by the reader."""
    source = """
    def answer(body, tables, emit):
        while True:
            emit({"x": "y" * 100_000})
    """
    answer = ask(toy(source), {}, bounds=Bounds(output=MIB))
    assert answer.failure is not None
    assert "OSError" in answer.failure or "no strict JSON" in answer.failure or "ended" in answer.failure
    assert sum(len(str(item)) for item in answer.items) <= MIB


@confined
def test_a_worker_has_no_network(toy: Toy) -> None:
    """Neither TCP nor UDP nor IPv6, nor a server of this machine, in the process and in its children."""
    source = """
    import socket, subprocess, sys
    CODE = "import socket; socket.socket()"
    def answer(body, tables, emit):
        said = {}
        for name, family, kind in [("tcp", 2, 1), ("udp", 2, 2), ("tcp6", 10, 1), ("raw", 2, 3), ("unix", 1, 1)]:
            try:
                socket.socket(family, kind).close()
                said[name] = True
            except OSError as error:
                said[name] = error.errno
        said["child"] = subprocess.run([sys.executable, "-c", CODE], capture_output=True).returncode
        emit(said)
    """
    answer = ask(toy(source), {})
    assert answer.sandbox == Sandbox(SandboxLevel.FULL)
    assert answer.items == ({"tcp": 1, "udp": 1, "tcp6": 1, "raw": 1, "unix": 1, "child": 1},)


@confined
def test_a_worker_reads_no_file_of_the_user_and_writes_into_its_own_folder_alone(toy: Toy, tmp_path: Path) -> None:
    """Keys, other tables, its own environment and code; itself, and by a program that it starts."""
    key = tmp_path / "key.pem"
    key.write_text("secret", encoding="utf-8")
    source = f"""
    import os, subprocess, sys
    READ = "import sys; open(sys.argv[1]).read()"
    def refused(act):
        try:
            act()
        except PermissionError:
            return True
        return False
    def answer(body, tables, emit):
        said = {{path: refused(lambda: open(path).read()) for path in [{str(key)!r}, "/etc/passwd"]}}
        said["beside"] = refused(lambda: os.listdir({str(tmp_path)!r}))
        said["gate"] = refused(lambda: open("/proc/" + str(os.getppid()) + "/environ").read())
        said["child"] = subprocess.run([sys.executable, "-c", READ, {str(key)!r}], capture_output=True).returncode == 1
        said["own code"] = refused(lambda: open(__file__, "a"))
        said["environment"] = refused(lambda: open(os.path.join(sys.prefix, "lib", "evil.pth"), "w"))
        said["outside"] = refused(lambda: open({str(tmp_path / "new")!r}, "w"))
        said["inside"] = not refused(lambda: open("new", "w"))
        emit(said)
    """
    (item,) = ask(toy(source), {}).items
    assert [each for each, held in item.items() if not held] == []
    assert key.read_text(encoding="utf-8") == "secret"


def test_a_platform_that_confines_nothing_is_told(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs all the same, by its own command."""
    monkeypatch.setattr(Means, "here", classmethod(lambda cls: cls(0, False, False)))
    answer = ask(toy(), {"x": 1})
    assert answer.items == ({"echo": {"x": 1}, "tables": []},)
    assert answer.sandbox.level == "none"
    assert answer.sandbox.lacks[0] == "files (no Landlock here)"


@confined
def test_a_worker_that_can_not_be_confined_as_promised_does_not_run(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel gives less than it said: nothing of the worker starts."""
    monkeypatch.setattr("mlgate.engines.asking.os.getpid", lambda: 1)
    answer = ask(toy(), {"x": 1})
    assert answer.items == ()
    assert answer.failure is not None
    assert "it can't be confined as this platform promises" in answer.failure


def test_no_secret_and_no_setting_of_this_process_reaches_a_worker(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and tokens stay here; what the engine declares is set; its home is its own."""
    monkeypatch.setenv("MLGATE_SIGNING_KEY", "secret")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    source = """
    import os, sys
    def answer(body, tables, emit):
        emit({"variables": dict(os.environ), "path": sys.path, "modules": [n for n in sys.modules if "mlgate" in n]})
    """
    (item,) = ask(toy(source, variables={"NO_TELEMETRY": "1"}), {}).items
    variables = item["variables"]
    assert isinstance(variables, dict)
    assert "secret" not in str(variables)
    assert variables["NO_TELEMETRY"] == "1"
    assert variables["HOME"] != os.environ.get("HOME")
    assert item["modules"] == ["mlgate_engine_worker"]
    assert not any("mlgate" in str(entry) and "site-packages" not in str(entry) for entry in item["path"] or ())  # type: ignore[union-attr]


def test_nothing_is_left_in_the_temporary_folder(toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are the user's data: they go when the worker ends, however it does."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    ask(toy("def answer(body, tables, emit): raise SystemExit(4)"), {}, {"test": [pa.table({"x": [1]})]})
    assert list((tmp_path / "tmp").iterdir()) == []


def test_no_room_for_tables_is_a_sentence(toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder for temporary files is full or gone."""
    from mlgate import EngineError

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(EngineError, match="has no room for its tables: No such file"):
        ask(toy(), {})


def test_what_an_engine_tells_of_itself_is_kept_and_never_that_of_another_worker(toy: Toy, built: Path) -> None:
    """The same pins, and a newer worker: it is asked again."""
    assert told_of(toy(name="elsewhere")) is None
    assert told_of(toy("def answer(body, tables, emit): emit({'new': body})")) == {"new": {"describe": True}}


def test_a_second_question_builds_nothing(toy: Toy, built: Path) -> None:
    """The environment is there: asking costs the start of a Python."""
    before = {path: path.stat().st_mtime_ns for path in built.iterdir()}
    assert ask(toy(), {}).built is None
    assert {path: path.stat().st_mtime_ns for path in built.iterdir()} == before
