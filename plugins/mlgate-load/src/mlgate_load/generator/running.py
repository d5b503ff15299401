"""Runs a plan with Locust: alone, as the master of workers, or as a worker that gets its part from a master."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
from locust import User
from locust.env import Environment

from mlgate_load.generator.pacing import Job, PacedUser
from mlgate_load.generator.recording import Cost, Recorder
from mlgate_load.generator.scripted import record_requests, users_of
from mlgate_load.generator.wire import request_of
from mlgate_load.plan import Plan
from mlgate_load.secrets import resolved

_FLUSH = 0.2


def users_for(plan: Plan, share: tuple[int, int], recorder: Recorder) -> tuple[list[type[User]], Job | None]:
    """The user classes of a plan, and the job of the paced ones; `share` is (which part, of how many)."""
    if plan.locustfile:
        return users_of(plan.locustfile), None
    part, parts = share
    which = plan.which or [0] * len(plan.arrivals)
    numbered = list(enumerate(zip(plan.arrivals, which, strict=True)))[part::parts]
    bodies = [Path(body).read_bytes() for body in plan.bodies]
    requests = [
        [request_of(target, resolved(target.headers), body, plan.content_type) for body in bodies]
        for target in plan.targets
    ]
    job = Job(plan, [(at, target, number % len(bodies)) for number, (at, target) in numbered], requests)
    paced = type("Paced", (PacedUser,), {"job": job, "recorder": recorder})
    return [paced], job


def run_alone(plan: Plan) -> None:
    """Everything in this process."""
    recorder = Recorder(Path(plan.folder))
    users, job = users_for(plan, (0, 1), recorder)
    environment = Environment(user_classes=users, host=plan.targets[0].origin)
    runner = environment.create_local_runner()
    if job is None:
        record_requests(environment, recorder)
    flushing = gevent.spawn(_flush_often, recorder)
    runner.start(plan.connections, spawn_rate=max(plan.connections, 1))
    measure(plan, job, recorder, lambda: runner.user_count)
    flushing.kill()
    runner.quit()
    recorder.flush()
    recorder.note(finished=True)


def measure(plan: Plan, job: Job | None, recorder: Recorder, users: Callable[[], int]) -> None:
    """The measuring itself, and what it cost this process."""
    _wait_for(lambda: users() > 0, 10.0)
    gevent.get_hub().loop.update_now()  # its clock stands since the imports
    cost = Cost()
    recorder.note(started=time.time())
    if job is None:
        _until(plan.seconds, lambda: recorder.n >= plan.most_requests)
        recorder.note(cpu=cost.share())
        return
    reason = job.pace(recorder)
    recorder.note(cpu=cost.share())
    job.give_up(recorder)
    if reason:
        recorder.note(gave_up=reason, failing=True)


def _flush_often(recorder: Recorder) -> None:
    while True:
        gevent.sleep(_FLUSH)
        recorder.flush()


def _until(seconds: float, done: Callable[[], bool]) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end and not done():
        gevent.sleep(0.05)


def _wait_for(ready: Callable[[], Any], seconds: float) -> bool:
    _until(seconds, lambda: bool(ready()))
    return bool(ready())
