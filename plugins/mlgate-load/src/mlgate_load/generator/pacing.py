"""The open loop: every request has its start fixed beforehand, and waits count from there."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

import gevent
from gevent.queue import Queue
from locust import User, task

from mlgate_load import samples
from mlgate_load.generator.recording import Recorder
from mlgate_load.generator.wire import Connection, Cut, Refused
from mlgate_load.plan import Plan

_GIVE_UP = 200  # failures in a row
_GIVE_UP_SECONDS = 3.0  # for so long, at least
_OK = range(200, 300)
_REDIRECT = range(300, 400)


class Job:
    """What the users of one process work on: the queue of arrivals that are due, and where results go."""

    def __init__(self, plan: Plan, arrivals: Sequence[tuple[float, int, int]], requests: list[list[bytes]]) -> None:
        self.plan = plan
        self.arrivals = arrivals
        self.requests = requests
        self.due: Queue[tuple[float, float, int, int]] = Queue()
        self.open = 0
        self.started = 0.0

    def pace(self, recorder: Recorder) -> str | None:
        """Put every arrival into the queue when it is due; wait for the answers. Why it gave up, or None."""
        self.started = time.perf_counter()
        failing_since: float | None = None
        for intended, target, body in self.arrivals:
            early = self.started + intended - time.perf_counter()
            if early > 0:
                gevent.sleep(early)
            now = time.perf_counter() - self.started
            self.open += 1
            self.due.put((intended, max(0.0, now - intended), target, body))
            failing_since = (failing_since or now) if recorder.in_a_row >= _GIVE_UP else None
            if failing_since is not None and now - failing_since > _GIVE_UP_SECONDS:
                return f"the last {recorder.in_a_row:,} requests failed, so the rest was not sent"
        while self.open and time.perf_counter() - self.started < self.plan.deadline:
            gevent.sleep(0.01)
        return None

    def give_up(self, recorder: Recorder) -> None:
        """What still waits for a connection when the time is over has waited in vain."""
        now = time.perf_counter() - self.started
        while not self.due.empty():
            intended, lag, target, _ = self.due.get_nowait()
            recorder.add((intended, now - intended, lag), status=0, fault=samples.NOT_SENT, target=target)
            recorder.say(0, f"not sent in time: all {self.plan.connections} connections waited for answers")


class PacedUser(User):  # type: ignore[misc]  # Locust is not typed for us
    """One connection per target. Locust starts and stops as many of them as the plan has connections."""

    job: Job
    recorder: Recorder

    @task  # type: ignore[untyped-decorator]
    def serve(self) -> None:
        """Take what is due, one after the other, until Locust stops this user."""
        job, recorder = self.job, self.recorder
        connections = [Connection(target, job.plan.timeout) for target in job.plan.targets]
        while True:
            intended, lag, target, body = job.due.get()
            try:
                status, fault, message = _asked(connections[target], job.requests[target][body])
                latency = time.perf_counter() - job.started - intended
                recorder.add((intended, latency, lag), status=status, fault=fault, target=target)
                if message:
                    recorder.say(status, message)
            finally:
                job.open -= 1


def _asked(connection: Connection, request: bytes) -> tuple[int, int, str]:
    try:
        status, body = connection.ask(request)
    except TimeoutError:
        return 0, samples.NO_ANSWER, "no answer in time"
    except Refused as error:
        return 0, samples.REFUSED, f"no connection: {error}"
    except Cut as error:
        return 0, samples.CUT, f"the answer broke off: {error}"
    if status not in _OK:
        kind = "a redirect, which is not followed" if status in _REDIRECT else body[:200].decode("utf-8", "replace")
        return status, samples.BAD_STATUS, f"status {status}: {kind}"
    try:
        json.loads(body)
    except ValueError:
        return status, samples.BAD_BODY, f"status {status} with an answer that is not JSON"
    return status, samples.ANSWERED, ""
