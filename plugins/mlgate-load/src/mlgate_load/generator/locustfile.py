"""For workers that Locust itself starts: `locust --worker --locustfile .../locustfile.py --master-host HOST`.

Locust wants a class of users in every file; these do nothing, and the plan that comes from the master brings its own.
"""

from __future__ import annotations

import tempfile
from typing import Any

import gevent
from locust import User, events, task
from locust.runners import WorkerRunner

from mlgate_load.generator.distributed import take_part


class Waiting(User):  # type: ignore[misc]  # Locust is not typed for us
    """Nobody starts it."""

    @task  # type: ignore[untyped-decorator]
    def wait(self) -> None:
        gevent.sleep(1.0)


@events.init.add_listener  # type: ignore[untyped-decorator]
def join(runner: Any, **_: object) -> None:
    """Serve the master for as long as this worker runs."""
    if isinstance(runner, WorkerRunner):
        gevent.spawn(_serve, runner)


def _serve(runner: Any) -> None:
    with tempfile.TemporaryDirectory(prefix="mlgate-load-") as folder:
        take_part(runner, folder)
