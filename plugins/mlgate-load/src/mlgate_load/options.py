"""The options that the checks of this family share, as the gate file writes them."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlgate import OptionGroup, UsageError
from mlgate_load.arrivals import Profile, Shape, Spacing, arrivals
from mlgate_load.durations import seconds
from mlgate_load.payloads import Format

MOST_SECONDS = 4 * 3600.0


@dataclass(frozen=True, kw_only=True)
class TargetOptions(OptionGroup):
    """`url` names a server that runs already; without one, mlgate serves the candidate itself: with `server_workers`
    workers, on `port` (0: one that is free), and `start_timeout` to come up. `headers` may name variables
    (`Authorization = "Bearer env:TOKEN"`). `allow_hosts` lists the hosts other than this machine that may be put under
    load. A request holds `batch` rows in the `format` of MLflow's requests, or what a function of yours makes of them
    (`payload = "file.py:function"`), and is given up after `timeout`.
    """

    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    allow_hosts: list[str] = field(default_factory=list)
    timeout: str = "10s"
    start_timeout: str = "60s"
    server_workers: int = 1
    port: int = 0
    format: Format = Format.SPLIT
    payload: str = ""
    batch: int = 1
    seed: int = 0

    @property
    def patience(self) -> float:
        """Seconds for one answer."""
        return _positive("timeout", self.timeout)

    @property
    def start_patience(self) -> float:
        return _positive("start_timeout", self.start_timeout)


@dataclass(frozen=True, kw_only=True)
class LoadOptions(TargetOptions):
    """The load is `rate` requests per second over `duration`, after a `warmup` that is not counted. `arrivals` spaces
    them as callers do who know nothing of each other (poisson), or evenly; `profile` lets the rate stay, climb or jump
    to `peak`. At most `connections` are open at once, and `max_requests` are sent. A `locustfile` of yours sends
    requests of its own. `workers` are processes of the generator; with `master` (`host:port`) they are workers of yours
    that come there.
    """

    rate: float = 50.0
    duration: str = "10s"
    warmup: str = "2s"
    profile: Profile = Profile.CONSTANT
    peak: float = 0.0
    arrivals: Spacing = Spacing.POISSON
    connections: int = 64
    max_requests: int = 200_000
    locustfile: str = ""
    workers: int = 0
    master: str = ""

    @property
    def warmup_seconds(self) -> float:
        return seconds("warmup", self.warmup)

    @property
    def run_seconds(self) -> float:
        measured = _positive("duration", self.duration)
        if measured + self.warmup_seconds > MOST_SECONDS:
            raise UsageError(f'duration = "{self.duration}" is more than four hours.', hint="Shorten it.")
        return measured

    def schedule(self) -> list[float]:
        """When requests start. Raises `UsageError` for what makes no load."""
        _at_least("rate", self.rate, 0.01)
        _at_least("connections", self.connections, 1)
        if self.profile in (Profile.STEP, Profile.SPIKE, Profile.RAMP) and self.peak <= 0:
            raise UsageError(
                f'profile = "{self.profile}" needs a peak.', hint="peak = 200 for 200 requests per second."
            )
        shape = Shape(
            profile=self.profile,
            rate=self.rate,
            peak=self.peak,
            seconds=self.run_seconds,
            warmup=self.warmup_seconds,
            spacing=self.arrivals,
            seed=self.seed,
        )
        return arrivals(shape, self.max_requests)


def _positive(option: str, text: str) -> float:
    found = seconds(option, text)
    if found <= 0:
        raise UsageError(f'{option} = "{text}" leaves no time.', hint="State more than 0 s.")
    return found


def _at_least(option: str, value: float, least: float) -> None:
    if value < least:
        raise UsageError(f"{option} = {value:g} makes no load.", hint=f"State at least {least:g}.")
