"""The process of a model ends with whatever held it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from mlgate.sandbox.child import Child, ChildFailed
from mlgate.sandbox.limits import Limits

ECHO = """
def echo():
    def answer(request):
        if request.header.get("hang"):
            import time; time.sleep(600)
        return {"got": request.header}, [bytes(request.payload)[::-1]]
    return answer
"""
PARENT = """
import os, sys
from mlgate.sandbox.child import Child
child = Child("echoing:echo", [], [os.getcwd(), *sys.path])
assert child.ask({}, most=0).header == {"got": {}}
print(child._keeper.process.pid, child._reach.own, flush=True)
child.ask({"hang": True}, most=0)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "echoing.py").write_text(ECHO)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def started(folder: Path, seconds: float = 60.0) -> Child:
    return Child("echoing:echo", [], [str(folder), *sys.path], Limits(1 << 30, seconds=seconds))


def test_a_question_and_its_answer(folder: Path) -> None:
    """A header and bytes, both ways; `most` is the longest payload that is taken."""
    child = started(folder)
    frame = child.ask({"a": [1, "ä", None]}, (b"abc", memoryview(b"de")), most=5)
    assert frame.header == {"got": {"a": [1, "ä", None]}}
    assert bytes(frame.payload) == b"edcba"
    with pytest.raises(ChildFailed, match="answered with 5 bytes, where 4 are the most"):
        child.ask({}, (b"abcde",), most=4)


def test_it_ends_when_nobody_holds_it(folder: Path) -> None:
    """The process and its folder."""
    child: Child | None = started(folder)
    assert child is not None
    process, own = psutil.Process(child._keeper.process.pid), Path(child._reach.own)
    assert own.is_dir()
    child = None
    assert not process.is_running()
    assert not own.exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ends by PR_SET_PDEATHSIG, as Linux has it")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_it_ends_with_its_parent(folder: Path, end: signal.Signals) -> None:
    """Killed without a chance to clean up, or interrupted by Ctrl-C, in the middle of an answer."""
    heeding = (
        f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n{PARENT}"  # a shell may ignore it
    )
    with subprocess.Popen([sys.executable, "-c", heeding], cwd=folder, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid, _ = parent.stdout.readline().split()
        process = psutil.Process(int(pid))
        parent.send_signal(end)
        _, alive = psutil.wait_procs([process], timeout=10)
    assert alive == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux whom it would end")
def test_it_is_the_first_to_go_when_memory_runs_out(folder: Path) -> None:
    """What it shares is counted by no limit, so that the kernel's choice must not fall on the gate."""
    child = started(folder)
    assert Path(f"/proc/{child.pid}/oom_score_adj").read_text() == "1000\n"
    child.close()
