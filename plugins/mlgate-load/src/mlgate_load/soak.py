"""Whether a server grows while it works."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlgate import Estimate, Measurement, NotApplicable, Part, check
from mlgate_load.alone import alone
from mlgate_load.bench import Bench, Endpoint
from mlgate_load.generating import Run
from mlgate_load.measuring.growth import slope
from mlgate_load.measuring.held import held
from mlgate_load.monitoring import Watched
from mlgate_load.options import LoadOptions


@dataclass(frozen=True, kw_only=True)
class Long(LoadOptions):
    """`duration` has no default here."""

    duration: str = field()


@check("load.soak", better="lower", unit="B", parts={"start": "B", "end": "B", "peak": "B"}, on_request=True)
@alone
def soak(load_bench: Bench, *, options: Long, pid: int = 0) -> Measurement:
    """How many bytes the server's memory grows per request, over a long run at a fixed rate.

    The memory is that of the whole process tree (resident pages), looked at five times a second. The slope is a
    straight line through the means of sixteen stretches, the first quarter of the run left out: caches and arenas fill
    up first. mlgate watches the server that it started itself; for one at a `url` on this machine, state its `pid`.

    State a rule, as `at_most = "1kB"`: the whole interval has to lie below it. It runs for the `duration` that you
    state. Parts: `start` and `end`, the memory at both ends, and `peak`.

    ## What to do

    Growth that goes on is something kept per request: a list of past inputs, a cache without a bound, a log handler
    that is added again and again, a gradient that is recorded. `tracemalloc` in the server names the line. If the
    interval is too wide, measure longer: its width shrinks with the requests.
    """
    with load_bench.endpoint(options) as endpoint:
        run, seen = watched_load(load_bench, options, endpoint, pid)
    done = _done_at(run, seen)
    parts = tuple(
        Part(name, Estimate(value, run.samples.n), "B")
        for name, value in (("start", seen.memory[0]), ("end", seen.memory[-2]), ("peak", max(seen.memory)))
    )
    return held(Measurement(slope(done, seen.memory), "B", parts=parts), run, bounded=False)


def watched_load(bench: Bench, options: LoadOptions, endpoint: Endpoint, pid: int = 0) -> tuple[Run, Watched]:
    """A load, and what its server's processes took meanwhile. Raises `NotApplicable` where they are not known."""
    if endpoint.server is None and not pid:
        raise NotApplicable(
            "which processes serve a url is not known.", hint="State pid for one on this machine, or leave url out."
        )
    return bench.shared_load(options, endpoint, 0 if endpoint.server is not None else pid)


def _done_at(run: Run, seen: Watched) -> list[float]:
    """Requests that had ended at each look."""
    import numpy as np

    ended = np.sort(run.started + run.samples.intended + run.samples.latency)
    return [float(each) for each in np.searchsorted(ended, seen.at)]
