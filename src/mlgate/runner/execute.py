"""Run checks: each one isolated and timed, so that a crash is one outcome and hides no other result."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Final

from mlgate.deadlines import Deadline, TimeOver
from mlgate.errors import CheckError, MlgateError, NoChampion, NotApplicable
from mlgate.resources import Doubted, ResourceFailed, Resources
from mlgate.results import CheckRun, Json, Measurement, RunStatus
from mlgate.runner.lanes import Lane, Lanes
from mlgate.runner.plan import PlannedCheck

ASKING: Final = "predict"
"""The resource of checks that ask the model about rows of their own."""
ASKING_SECONDS: Final = 300.0
"""The time of such a check where the gate file states none, once its inputs are there."""


@dataclass(frozen=True, slots=True)
class Execution:
    """How to run: how many checks at a time, and after how many seconds no further one is started."""

    jobs: int = 1
    time_budget: float | None = None


def execute(
    plan: Sequence[PlannedCheck], resources: Resources, execution: Execution, lanes: Lanes | None = None
) -> Iterator[CheckRun]:
    """The runs, each as soon as it is finished. Checks that the time budget leaves out come as errored.

    They run in `lanes`, which outlive this; in ones of their own without.
    """
    if lanes is not None:
        yield from _execute(plan, resources, execution, lanes)
        return
    lanes = Lanes()
    try:
        yield from _execute(plan, resources, execution, lanes)
    finally:
        lanes.close()


def _execute(
    plan: Sequence[PlannedCheck], resources: Resources, execution: Execution, lanes: Lanes
) -> Iterator[CheckRun]:
    started = time.monotonic()
    if execution.jobs <= 1:
        for planned in plan:
            yield _run_in_time(planned, resources, started, execution.time_budget, lanes)
        return
    with ThreadPoolExecutor(execution.jobs, thread_name_prefix="mlgate") as pool:
        pending: set[Future[CheckRun]] = {
            pool.submit(_run_in_time, planned, resources, started, execution.time_budget, lanes) for planned in plan
        }
        try:
            while pending:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:
            for future in pending:
                future.cancel()


def _run_in_time(
    planned: PlannedCheck, resources: Resources, started: float, budget: float | None, lanes: Lanes
) -> CheckRun:
    if budget is not None and time.monotonic() - started >= budget:
        return _not_measured(planned, RunStatus.ERRORED, 0.0, f"not run: the time budget of {budget:g} s was spent.")
    lane = lanes.take()
    try:
        return run_check(planned, resources, lane)
    finally:
        lanes.give_back(lane)


def run_check(planned: PlannedCheck, resources: Resources, lane: Lane) -> CheckRun:
    """One check, measured; whatever it raises becomes its outcome, and so does the end of its time."""
    started = time.perf_counter()
    deadline = Deadline(planned.timeout)

    def over(said: str) -> None:
        """What it made for all is made again by the next that needs it, unless no answer came in any time."""
        resources.give_up(deadline.thread, CheckError(f"{said}.") if deadline.answer_is_over else None)

    try:
        return lane.run(lambda: _measured(planned, resources, deadline), deadline, over)
    except TimeOver as end:
        reason = f"it was ended: {end}. `timeout` in its table of the gate file gives it another time."
        return _not_measured(planned, RunStatus.ERRORED, time.perf_counter() - started, reason)


def _measured(planned: PlannedCheck, resources: Resources, deadline: Deadline) -> CheckRun:
    started = time.perf_counter()
    try:
        inputs = [resources.get(name) for name in planned.check.resources]
        extras = {name: made for name in planned.check.optional if (made := resources.get_if_any(name)) is not None}
        if planned.timeout is None and ASKING in planned.check.resources:
            deadline.start(ASKING_SECONDS)
        started = time.perf_counter()  # a resource is made once for all: its time is no check's
        measured: object = planned.check.measure(*inputs, **extras, **planned.options)
        seconds = time.perf_counter() - started
        if not isinstance(measured, Measurement):
            wrong = f"the check returned {type(measured).__name__}, where a Measurement is expected."
            return _not_measured(planned, RunStatus.ERRORED, seconds, wrong)
        noted = replace(measured, notes=(*measured.notes, *_doubts((*inputs, *extras.values()))))
        return CheckRun(planned.check.id, RunStatus.MEASURED, seconds, noted, options_of(planned.options))
    except NotApplicable as why:
        cause = "champion" if isinstance(why, NoChampion) else None
        return _not_measured(planned, RunStatus.SKIPPED, time.perf_counter() - started, str(why), cause=cause)
    except ResourceFailed as failure:
        seconds = time.perf_counter() - started
        trace = None if isinstance(failure.error, MlgateError) else _trace(failure.error)
        return _not_measured(planned, RunStatus.ERRORED, seconds, str(failure), cause=failure.resource, trace=trace)
    except MlgateError as refusal:
        return _not_measured(planned, RunStatus.ERRORED, time.perf_counter() - started, str(refusal))
    except (Exception, SystemExit) as crash:
        reason = f"the check crashed with {type(crash).__name__}: {crash}"
        return _not_measured(planned, RunStatus.ERRORED, time.perf_counter() - started, reason, trace=_trace(crash))


def _doubts(inputs: Sequence[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(doubt for made in inputs if isinstance(made, Doubted) for doubt in made.doubts))


def _not_measured(
    planned: PlannedCheck,
    status: RunStatus,
    seconds: float,
    reason: str,
    *,
    cause: str | None = None,
    trace: str | None = None,
) -> CheckRun:
    return CheckRun(
        check=planned.check.id,
        status=status,
        seconds=seconds,
        options=options_of(planned.options),
        reason=reason,
        cause=cause,
        traceback=trace,
    )


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


def options_of(options: Mapping[str, object]) -> dict[str, Json]:
    """Options as JSON keeps them: a tuple is a list, an enum its value."""
    return {name: _plain(value) for name, value in options.items()}


def _plain(value: object) -> Json:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return str(value)
