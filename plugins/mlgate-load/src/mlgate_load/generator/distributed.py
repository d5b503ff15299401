"""More load than one core gives: Locust's master sends each worker its part of the plan, and gets its samples back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import gevent
import msgspec
from locust.env import Environment

from mlgate_load.generator.recording import Recorder
from mlgate_load.generator.running import measure, users_for
from mlgate_load.generator.scripted import record_requests
from mlgate_load.plan import Plan

_PART, _SAMPLES, _NOTE, _DONE = "mlgate-part", "mlgate-samples", "mlgate-note", "mlgate-done"
_JOIN = 30.0  # seconds for all workers to come
_SHIP = 0.2


def run_master(plan: Plan) -> None:
    """Wait for `plan.workers` workers, give each its part, and write down what they send."""
    recorder = Recorder(Path(plan.folder))
    host, _, port = plan.master.rpartition(":")
    environment = Environment(user_classes=users_for(plan, (0, 1), recorder)[0], host=plan.targets[0].origin)
    runner = environment.create_master_runner(host, int(port))
    done: set[str] = set()
    runner.register_message(_SAMPLES, lambda msg, **_: recorder.append(msg.data["raw"]))
    runner.register_message(_NOTE, lambda msg, **_: recorder.note(**msg.data))
    runner.register_message(_DONE, lambda msg, **_: done.add(msg.node_id))
    recorder.note(listening=plan.master)
    if not _waited(lambda: len(runner.clients.ready) >= plan.workers, _JOIN):
        recorder.note(
            gave_up=f"{len(runner.clients.ready)} of {plan.workers} workers came to {plan.master} in {_JOIN:g} s"
        )
        runner.quit()
        return
    for number, client in enumerate(sorted(runner.clients)):
        runner.send_message(_PART, {"plan": _shipped(plan), "part": number, "parts": len(runner.clients)}, client)
    if not _waited(lambda: len(done) >= plan.workers, plan.deadline + _JOIN):
        recorder.note(gave_up=f"{plan.workers - len(done)} of {plan.workers} workers did not finish")
    runner.quit()
    recorder.note(finished=True)


def run_worker(master: str, folder: str) -> None:
    """Serve one master, until it quits."""
    host, _, port = master.rpartition(":")
    runner = Environment(user_classes=[]).create_worker_runner(host, int(port))
    take_part(runner, folder)
    runner.greenlet.join(timeout=_JOIN)


def take_part(runner: Any, folder: str) -> None:
    """Wait for a part of a plan, send it, ship what came of it. The plan's folder is ours, its bodies lie there."""
    parts: list[dict[str, Any]] = []
    runner.register_message(_PART, lambda msg, **_: parts.append(msg.data))
    while not parts:
        gevent.sleep(0.02)
    plan = _received(parts[0]["plan"], folder)
    recorder = _Shipping(Path(folder), runner)
    users, job = users_for(plan, (parts[0]["part"], parts[0]["parts"]), recorder)
    local = Environment(user_classes=users, host=plan.targets[0].origin)
    crew = local.create_local_runner()
    if job is None:
        record_requests(local, recorder)
    shipping = gevent.spawn(_ship_often, recorder)
    crew.start(max(1, plan.connections // parts[0]["parts"]), spawn_rate=plan.connections)
    measure(plan, job, recorder, lambda: crew.user_count)
    shipping.kill()
    crew.quit()
    recorder.ship()
    runner.send_message(_DONE, {})


class _Shipping(Recorder):
    """Sends to the master what others write to a file."""

    def __init__(self, folder: Path, runner: Any) -> None:
        super().__init__(folder)
        self._runner = runner

    def ship(self) -> None:
        if raw := self.take():
            self._runner.send_message(_SAMPLES, {"raw": raw})

    def note(self, **said: object) -> None:
        self._runner.send_message(_NOTE, said)


def _ship_often(recorder: _Shipping) -> None:
    while True:
        gevent.sleep(_SHIP)
        recorder.ship()


def _shipped(plan: Plan) -> bytes:
    """The plan with the bodies themselves: a worker elsewhere has none of the files."""
    bodies = [Path(body).read_bytes() for body in plan.bodies]
    return msgspec.msgpack.encode((plan, bodies))


def _received(raw: bytes, folder: str) -> Plan:
    plan, bodies = msgspec.msgpack.decode(raw, type=tuple[Plan, list[bytes]])
    paths = []
    for number, body in enumerate(bodies):
        path = Path(folder) / f"worker-body-{number}"
        path.write_bytes(body)
        paths.append(str(path))
    return msgspec.structs.replace(plan, folder=folder, bodies=paths)


def _waited(ready: Any, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not ready() and time.monotonic() < end:
        gevent.sleep(0.05)
    return bool(ready())
