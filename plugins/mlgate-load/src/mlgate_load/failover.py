"""What callers notice when one worker of several dies."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace

import psutil

from mlgate import CheckError, Estimate, Measurement, NotApplicable, Part, UsageError, check
from mlgate_load.alone import alone
from mlgate_load.bench import Bench
from mlgate_load.generating import Run
from mlgate_load.measuring.held import held
from mlgate_load.measuring.shares import faults, wilson
from mlgate_load.monitoring import Watched, watching
from mlgate_load.options import LoadOptions
from mlgate_load.serving.server import Server


@dataclass(frozen=True, kw_only=True)
class Workers(LoadOptions):
    """By default two workers are served, for 12 s at a rate that one of them bears."""

    server_workers: int = 2
    duration: str = "12s"
    rate: float = 20.0


@check("load.failover", better="lower", parts={"recovery": "s", "restored": "s"}, on_request=True)
@alone
def failover(load_bench: Bench, *, options: Workers) -> Measurement:
    """The share of requests that fail when one worker of several is killed under load, and the time to mend.

    mlgate serves the candidate with `server_workers` workers, as `mlflow models serve --workers` does, and kills one of
    them without warning after a third of the `duration`. Nothing is tried again. The number is the share of requests
    after the kill that failed, with Wilson's interval. The parts are `recovery`, the seconds from the kill to the end
    of the last request that failed, and `restored`, the seconds until as many workers were there as before.

    ## What to do

    Requests that were with the dead worker are lost, and callers have to send them again. More that fail are a listener
    that still hands them to the dead, or a supervisor that is slow to notice: look at `restored`. Where it never
    comes back, the server has no supervisor: run it under one.
    """
    if load_bench.url_for(options):
        raise NotApplicable(
            "the workers of a url are not ours to kill.", hint="Leave url out to have the model served."
        )
    if options.server_workers < 2:
        raise UsageError("server_workers = 1 leaves nobody when one is killed.", hint="State at least 2.")
    with load_bench.endpoint(options, fresh=True) as endpoint:
        assert endpoint.server is not None
        run, seen, killed = _killed_meanwhile(load_bench, options, endpoint.server, options.server_workers)
    after = replace(run, samples=run.samples.where(run.started + run.samples.intended >= killed))
    if after.samples.n == 0:
        raise CheckError("No request was sent after the kill.", hint="A longer duration.")
    failed = after.samples.where(after.samples.failed)
    last = float((run.started + failed.intended + failed.latency).max()) if failed.n else killed
    restored = _restored(seen, killed, options.server_workers)
    parts = (
        Part("recovery", Estimate(max(0.0, last - killed), after.samples.n), "s"),
        Part("restored", Estimate(restored[0], 1), "s"),
    )
    share = wilson(failed.n, after.samples.n)
    return held(Measurement(share, parts=parts, findings=faults(after), notes=restored[1]), run, bounded=False)


def workers_of(server: Server, expected: int) -> list[psutil.Process]:
    """The processes that serve: the supervisor's children that hold the model, the oldest first."""
    below = server.tree()[1:]
    spawned = [each for each in below if "resource_tracker" not in " ".join(_command(each))]
    return sorted(spawned, key=lambda each: each.pid)[: max(expected, 1)]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _killed_meanwhile(bench: Bench, options: LoadOptions, server: Server, workers: int) -> tuple[Run, Watched, float]:
    killed: list[float] = []
    begun = threading.Event()

    def kill() -> None:
        begun.wait()
        time.sleep(options.warmup_seconds + options.run_seconds / 3)
        victims = workers_of(server, workers)
        if victims:
            victims[0].kill()
            killed.append(time.time())

    thread = threading.Thread(target=kill, name="mlgate-load-kill", daemon=True)
    thread.start()
    with watching(lambda: workers_of(server, workers)) as seen:
        run = bench.load(options, [server.target], begun=begun.set)
    thread.join(1.0)
    if not killed:
        raise CheckError("No worker was found to kill.", hint="Did the server start all of its workers?")
    return run, seen, killed[0]


def _restored(seen: Watched, killed: float, workers: int) -> tuple[float, tuple[str, ...]]:
    """Seconds from the kill until all workers are there again; the time that was waited, where they never are."""
    later = [(at, count) for at, count in zip(seen.at, seen.processes, strict=True) if at > killed + 0.05]
    fell = next((place for place, (_, count) in enumerate(later) if count < workers), None)
    if fell is None:
        return 0.0, ()
    back = next((at for at, count in later[fell:] if count >= workers), None)
    if back is not None:
        return back - killed, ()
    return later[-1][0] - killed, ("The worker that died was not replaced while the load lasted.",)
