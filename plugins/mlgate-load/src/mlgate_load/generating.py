"""The generator from the gate's side: started, waited for in bounded time, ended, and read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from mlgate import CheckError
from mlgate_load.plan import Plan, write_plan
from mlgate_load.processes import Owned
from mlgate_load.samples import NOTES, Samples, read_samples
from mlgate_load.secrets import hidden

_START = 60.0  # seconds for Python and Locust to be imported on a busy machine
_JOIN = 40.0  # and for workers to come and to be told goodbye
_BUSY = 0.9
_LATE = 0.010
_UNSENT = 0.05  # of the schedule
PREFIX = "mlgate-load-"


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one plan. `cpu` is the share of a core that each process of the generator took; `gave_up` says why
    it ended early; `messages` are (status, what was said); `unsent` counts requests of the schedule that
    were not sent, though no failing server kept the generator from that."""

    samples: Samples
    cpu: tuple[float, ...]
    gave_up: str | None
    messages: tuple[tuple[int, str], ...]
    started: float
    seconds: float
    unsent: int = 0

    @property
    def bottleneck(self) -> str | None:
        """Why this machine, and not the server, may have set the pace; None where nothing says so."""
        import numpy as np

        busiest = max(self.cpu, default=0.0)
        if busiest >= _BUSY:
            return f"the load generator took {busiest:.0%} of a core: this machine can't make that rate in one process"
        planned = self.samples.n + self.unsent
        if self.unsent > _UNSENT * planned:
            return (
                f"the load generator sent {self.samples.n:,} of {planned:,} requests in time: this machine can't make "
                "that rate"
            )
        lag = float(np.median(self.samples.lag)) if self.samples.n else 0.0
        if lag > _LATE:
            return (
                f"the load generator was late by {lag * 1000:.0f} ms at the median: this machine can't make that rate"
            )
        return None


def new_folder() -> Path:
    """A private folder for the files of one run."""
    return Path(mkdtemp(prefix=PREFIX))


def generate(plan: Plan, begun: Callable[[], None] | None = None) -> Run:
    """Run the plan in a process of its own. Raises `CheckError` where nothing was sent.

    The folder of the plan is removed, unless the run was interrupted: then it holds what was measured, and says so.
    """
    folder = Path(plan.folder)
    try:
        said = _run(plan, begun or _nothing)
        run = _read(plan, said)
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    except BaseException:  # Ctrl-C, or the time of the check is over
        print(f"mlgate: interrupted; the samples until now are kept in {folder}", file=sys.stderr)
        raise
    shutil.rmtree(folder, ignore_errors=True)
    return run


def _nothing() -> None: ...


def _run(plan: Plan, begun: Callable[[], None]) -> str:
    """Until the generator ends, or is ended. What it said to its standard error."""
    with ExitStack() as stack:
        log = stack.enter_context((Path(plan.folder) / "log").open("w+b"))
        main = stack.enter_context(Owned(_command(str(write_plan(plan))), log=log, env=_environment()))
        if plan.own_workers:
            for _ in range(plan.workers):
                stack.enter_context(Owned(_command("worker", plan.master, "--owned"), log=log, env=_environment()))
        try:
            _await_start(plan, main)
            begun()
            main.process.wait(plan.deadline + (_JOIN if plan.workers else 5.0))
        except subprocess.TimeoutExpired:
            log.write(b"\nthe load generator did not end in time and was ended\n")
        log.flush()
        log.seek(0)
        return log.read().decode("utf-8", "replace")


def _await_start(plan: Plan, main: Owned) -> None:
    """Until the first request is due, or the generator has ended. Raises `TimeoutExpired`."""
    patience = _START + (_JOIN if plan.workers else 0.0)
    end = time.monotonic() + patience
    while main.process.poll() is None and not any("started" in note for note in _notes(Path(plan.folder))):
        if time.monotonic() > end:
            raise subprocess.TimeoutExpired("the load generator", patience)
        time.sleep(0.02)


def _command(*arguments: str) -> Sequence[str]:
    return [sys.executable, "-m", "mlgate_load.generator", *arguments]


def _environment() -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LOCUST_")}
    return {**kept, "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def _read(plan: Plan, said: str) -> Run:
    notes = _notes(Path(plan.folder))
    samples = read_samples(Path(plan.folder))
    headers = plan.targets[0].headers
    gave_up = next((str(note["gave_up"]) for note in notes if "gave_up" in note), None)
    if samples.n == 0:
        last = [line for line in said.strip().splitlines() if line.strip()][-1:] or ["it said nothing"]
        raise CheckError(f"the load generator sent nothing: {hidden(gave_up or last[0][:300], headers)}.")
    if gave_up is None and not any("finished" in note for note in notes):
        gave_up = "the load generator was ended before it was through"
    started = next((float(note["started"]) for note in notes if "started" in note), time.time())
    measured = samples.where(samples.intended >= plan.warmup)
    planned = sum(1 for at in plan.arrivals if at >= plan.warmup)
    return Run(
        samples=measured,
        cpu=tuple(float(note["cpu"]) for note in notes if "cpu" in note),
        gave_up=gave_up,
        messages=tuple((int(n["status"]), hidden(str(n["message"]), headers)) for n in notes if "message" in n),
        started=started,
        seconds=plan.seconds - plan.warmup,
        unsent=0 if any("failing" in note for note in notes) else max(0, planned - measured.n),
    )


def _notes(folder: Path) -> list[dict[str, Any]]:
    path = folder / NOTES
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    notes = []
    for line in lines:
        try:
            notes.append(json.loads(line))
        except ValueError:  # the last line of a killed process
            continue
    return notes
