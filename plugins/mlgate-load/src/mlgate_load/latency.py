"""How long callers wait at a fixed rate."""

from __future__ import annotations

from mlgate import Estimate, Measurement, Part, check
from mlgate_load.alone import alone
from mlgate_load.bench import Bench
from mlgate_load.generating import Run
from mlgate_load.measuring.held import held
from mlgate_load.measuring.histograms import histogram
from mlgate_load.measuring.quantiles import QUANTILES, needed_for, quantile
from mlgate_load.options import LoadOptions

PARTS = dict.fromkeys((*QUANTILES, "max"), "ms")


@check("load.latency", parts=PARTS, better="lower", unit="ms", on_request=True)
@alone
def latency(load_bench: Bench, *, options: LoadOptions) -> Measurement:
    """How long callers wait for an answer at a fixed rate of requests: p50, p90, p95, p99, p99.9 and max.

    Requests start when a schedule says so, fixed beforehand, and each wait counts from there: a server that stalls for
    two seconds keeps everybody waiting who came meanwhile, and cannot hide it by slowing its callers down. The server
    is the one at `url`, or mlgate serves the candidate itself. What is sent are rows of the test table, `batch` of them
    per request. The first `warmup` climbs to the rate and is not counted.

    The main number is p99; rules name the others: `at_most = { p50 = "10ms", p99 = "50ms" }`. Intervals are by order
    statistics, from the exact wait of every request. A request that was never answered counts with as long as it
    waited; one that was refused at once says nothing about waiting, and is counted by `load.errors`. The record keeps a
    histogram.

    ## What to do

    Look at p50 first: if it is high, one prediction is slow, so profile `predict`. If only p99 is high, requests wait
    for each other: more server workers, smaller batches, or less work under a lock. If the outcome is inconclusive
    because the generator was the bottleneck, lower `rate`, set `workers = 2`, or run on a quieter machine.
    """
    with load_bench.endpoint(options) as endpoint:
        run, _ = load_bench.shared_load(options, endpoint)
    return held(measured(run, options), run)


def measured(run: Run, options: LoadOptions) -> Measurement:
    """The quantiles of one run, in milliseconds."""
    waited = run.samples.where(run.samples.waited)
    if waited.n == 0:
        notes = ("No request was answered, so there is no latency to speak of; load.errors counts them.",)
        most = 1000 * (options.run_seconds + options.patience)
        return Measurement(Estimate(most, run.samples.n), "ms", notes=notes)
    times, most = waited.latency * 1000, 1000 * (run.seconds + options.patience + options.warmup_seconds + 1)
    unlagged = (waited.latency - waited.lag) * 1000
    parts = [Part(name, quantile(times, share, most=most, low=unlagged), "ms") for name, share in QUANTILES.items()]
    parts.append(Part("max", Estimate(float(times.max()), waited.n), "ms"))
    main = next(part.estimate for part in parts if part.name == "p99")
    return Measurement(
        main,
        "ms",
        parts=tuple(parts),
        notes=_notes(run, options, waited.n),
        data={"histogram": histogram(times.tolist(), "ms")},
    )


def _notes(run: Run, options: LoadOptions, n: int) -> tuple[str, ...]:
    """What a reader has to know beside the numbers."""
    loop = "closed loop: users of the locustfile" if options.locustfile else "open loop"
    sent = f"{run.samples.n:,} requests in {run.seconds:g} s, {run.samples.n / run.seconds:.1f} per second ({loop})."
    few = [f"{name} needs {needed_for(share):,}" for name, share in QUANTILES.items() if n < needed_for(share)]
    return (sent, *([f"Too few requests to bound from above: {', '.join(few)}."] if few else []))
