"""A locustfile of the user's own: its User classes run as Locust runs them, and every request is recorded exactly."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from locust import User
from locust.env import Environment
from locust.util.load_locustfile import load_locustfile

from mlgate_load import samples
from mlgate_load.generator.recording import Recorder


def users_of(path: str) -> list[type[User]]:
    """The user classes of a locustfile. Raises `ValueError` where it has none."""
    users, _ = load_locustfile(str(Path(path).resolve()))
    if not users:
        raise ValueError(f"the locustfile {path} defines no User class")
    return list(users.values())


def record_requests(environment: Environment, recorder: Recorder) -> None:
    """Listen to Locust's own event of a finished request. The loop is closed: a start is when a user came to it."""
    started = time.perf_counter()

    def finished(response_time: float, exception: Any = None, response: Any = None, **_: Any) -> None:
        latency = response_time / 1000
        intended = time.perf_counter() - started - latency
        status = int(getattr(response, "status_code", 0) or 0)
        fault = samples.ANSWERED if exception is None else samples.BAD_STATUS if status else samples.CUT
        recorder.add((intended, latency, 0.0), status=status, fault=fault, target=0)
        if exception is not None:
            recorder.say(status, f"{type(exception).__name__}: {exception}"[:300])

    environment.events.request.add_listener(finished)
