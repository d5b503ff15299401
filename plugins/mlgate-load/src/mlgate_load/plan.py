"""What a generator is told to do: written to a file by the gate's process, read by the generator's own."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Target(msgspec.Struct, frozen=True):
    """Where requests go. `path` begins with a slash; a `header`'s value may name variables as `env:NAME`."""

    scheme: str
    host: str
    port: int
    path: str
    headers: dict[str, str] = {}

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def url(self) -> str:
        return self.origin + self.path


class Plan(msgspec.Struct, frozen=True):
    """One run. `arrivals` are seconds after the start, in order; arrival i goes to target `which[i]` (all to the first
    where it is empty) with body `i % len(bodies)`. Those before `warmup` are sent and not counted.

    `timeout` bounds one answer in seconds. `workers` come to `master` (`host:port`); `own_workers` are started here.
    A `locustfile` takes the place of arrivals: its users run for `seconds`.
    """

    folder: str
    targets: list[Target]
    arrivals: list[float]
    which: list[int]
    bodies: list[str]
    content_type: str
    warmup: float
    seconds: float
    connections: int
    timeout: float
    most_requests: int
    locustfile: str = ""
    workers: int = 0
    master: str = ""
    own_workers: bool = True

    @property
    def deadline(self) -> float:
        """Seconds after the start when the last answer is no longer waited for."""
        return self.seconds + self.timeout + 1.0


def write_plan(plan: Plan) -> Path:
    """`plan.json` in the plan's folder."""
    path = Path(plan.folder) / "plan.json"
    path.write_bytes(msgspec.json.encode(plan))
    return path


def read_plan(path: Path) -> Plan:
    return msgspec.json.decode(path.read_bytes(), type=Plan)
