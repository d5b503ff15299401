"""A check has its time: what does not end is ended, named, and costs no other check its result."""

from __future__ import annotations

import _thread
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from mlgate import Measurement, ResourceProvider, check, doing
from mlgate.deadlines import Deadline, TimeOver, asking
from mlgate.resources import Resources
from mlgate.results import CheckRun, RunStatus
from mlgate.runner import Execution, PlannedCheck, execute
from mlgate.runner.lanes import Lane

WAY_OUT = " `timeout` in its table of the gate file gives it another time."


def planned(id: str, function: Callable[..., Measurement], timeout: float | None = None) -> PlannedCheck:
    function.__doc__ = "A toy."
    return PlannedCheck(check(f"toy.{id}")(function), {}, timeout)


def fine() -> Measurement:
    return Measurement.exact(1, n=1)


def run_all(*plan: PlannedCheck, providers: tuple[ResourceProvider, ...] = (), jobs: int = 1) -> dict[str, CheckRun]:
    return {run.check: run for run in execute(plan, Resources(providers, {}), Execution(jobs=jobs))}


def loops() -> Measurement:
    with doing("the clause 'row order'"), asking("an answer of the model"):
        while True:
            try:
                time.sleep(0.01)
            except Exception:  # nothing of the check's own can hold the end back
                continue


def test_what_does_not_end_is_ended_and_named() -> None:
    """The sentence says what was asked; the check after it is measured, and the thread of the first is gone."""
    before = threading.active_count()
    runs = run_all(planned("loops", loops, 0.2), planned("after", fine))
    assert runs["toy.loops"].status is RunStatus.ERRORED
    assert runs["toy.loops"].reason == (
        "it was ended: its time (0.2 s) was over at the clause 'row order', an answer of the model." + WAY_OUT
    )
    assert runs["toy.after"].status is RunStatus.MEASURED
    _until(lambda: threading.active_count() <= before)


def test_a_thread_that_can_not_be_ended_is_left_behind() -> None:
    """It waits for what never comes; the run goes on."""
    never = threading.Event()

    def waits() -> Measurement:
        never.wait()
        return fine()

    runs = run_all(planned("waits", waits, 0.2), planned("after", fine))
    assert [run.status for run in runs.values()] == [RunStatus.ERRORED, RunStatus.MEASURED]
    never.set()


def test_what_is_waited_for_is_ended_by_its_own_handle() -> None:
    """As a model's process is: whoever asked it hears nothing but the end of its time, and asks no more."""
    ended = threading.Event()
    heard: list[str] = []

    def asks() -> Measurement:
        try:
            with asking("its process", ended.set):
                ended.wait()
                raise ValueError("the process is gone")
        except TimeOver:
            heard.append("over")
        with asking("another answer"):
            heard.append("asked again")
        return fine()

    (run,) = run_all(planned("asks", asks, 0.2)).values()
    assert heard == ["over"]
    assert run.reason == "it was ended: its time (0.2 s) was over at its process." + WAY_OUT


def test_an_input_that_never_comes_is_made_anew_for_the_next() -> None:
    """The first check's time is over while the input is made, and nobody waits at its lock."""
    times: list[int] = []
    never = threading.Event()

    def scored() -> int:
        times.append(1)
        if len(times) == 1:
            never.wait()
        return 3

    def takes(scored: int) -> Measurement:
        return Measurement.exact(scored, n=1)

    def takes_too(scored: int) -> Measurement:
        return Measurement.exact(scored, n=1)

    provider = ResourceProvider("scored", scored, "Comes at the second asking.")
    runs = run_all(planned("first", takes, 0.2), planned("second", takes_too), providers=(provider,))
    assert [run.status for run in runs.values()] == [RunStatus.ERRORED, RunStatus.MEASURED]
    never.set()


def test_an_answer_that_takes_too_long_fails_its_input_for_all() -> None:
    """Each answer has a time of its own, without a word in the gate file; the next check does not wait once more."""
    asked: list[int] = []

    def predictions() -> int:
        with asking("an answer about 3 rows"):
            asked.append(1)
            while True:
                time.sleep(0.01)

    def reads(predictions: int) -> Measurement:
        return Measurement.exact(predictions, n=1)

    resources = Resources((ResourceProvider("predictions", predictions, "Never come."),), {})
    deadline = Deadline(answer=0.2)
    lane = Lane()
    said: list[str] = []

    def over(sentence: str) -> None:
        said.append(sentence)
        assert deadline.answer_is_over

    try:
        lane.run(lambda: resources.get("predictions"), deadline, over)
    except TimeOver:
        said.append("ended")
    assert said == ["the time of an answer (0.2 s) was over at an answer about 3 rows", "ended"]


def test_checks_of_one_run_share_a_thread() -> None:
    """A model may hold what only the thread that opened it can touch."""
    threads: list[int] = []

    def notes() -> Measurement:
        threads.append(threading.get_ident())
        return fine()

    def notes_too() -> Measurement:
        return notes()

    run_all(planned("one", notes), planned("two", notes_too))
    assert threads[0] == threads[1] != threading.get_ident()


def test_several_at_once_have_a_time_each() -> None:
    runs = run_all(planned("loops", loops, 0.3), planned("one", fine), planned("two", fine), jobs=3)
    assert {id: run.status for id, run in runs.items()} == {
        "toy.loops": RunStatus.ERRORED,
        "toy.one": RunStatus.MEASURED,
        "toy.two": RunStatus.MEASURED,
    }


def _until(true: Callable[[], bool]) -> None:
    """Wait for it, for as long as a busy machine may take."""
    for _ in range(500):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it never came about")


def test_what_keeps_the_interpreter_to_itself_ends_the_process() -> None:
    """A pattern that never ends lets no other thread run: where the process is the gate's own, it is ended."""
    program = (
        "import re\n"
        "from mlgate.deadlines import Deadline\n"
        "from mlgate.runner import lanes\n"
        "lanes._HELD = 1.0\n"
        "lane = lanes.Lane(last_resort=True)\n"
        "lane.run(lambda: re.match('(a+)+$', 'a' * 60 + 'b'), Deadline(0.2), print)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert done.stderr.startswith("Timeout")


def test_ctrl_c_lets_a_check_clean_up() -> None:
    """What it started ends before the run does."""
    ended: list[str] = []

    def work() -> None:
        _thread.interrupt_main()
        try:
            while True:
                time.sleep(0.01)
        finally:
            ended.append("its processes")

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job of a shell ignores it
    try:
        with pytest.raises(KeyboardInterrupt):
            Lane().run(work, Deadline(10.0), ended.append)
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended == ["its processes"]
