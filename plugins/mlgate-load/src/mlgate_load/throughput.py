"""The highest rate that still meets a rule."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mlgate import CheckError, Estimate, Measurement, Spread, UsageError, check
from mlgate.stats import Curve
from mlgate_load.alone import alone
from mlgate_load.bench import Bench, Endpoint
from mlgate_load.durations import seconds
from mlgate_load.generating import Run
from mlgate_load.measuring import quantiles
from mlgate_load.measuring.quantiles import QUANTILES
from mlgate_load.measuring.shares import wilson
from mlgate_load.options import LoadOptions

_UNKNOWN = 1e6  # requests per second: more than one machine makes, where nothing bounds a rate from above


@dataclass(slots=True)
class Search:
    """Rates that met the rule and rates that broke it; the capacity lies between `met` and `broke`."""

    met: float = 0.0
    broke: float | None = None
    limited: str | None = None

    def next(self, factor: float, precision: float) -> float | None:
        """The rate to try: doubled until one breaks, then halfway between. None when the two are close."""
        if self.limited is not None:
            return None
        if self.broke is None:
            return self.met * factor
        low = max(self.met, self.broke / 64)
        return None if self.broke - low <= precision * self.broke else (low * self.broke) ** 0.5


@dataclass(frozen=True, kw_only=True)
class Steps(LoadOptions):
    """By default a step takes 3 s after 1 s to warm up, and the first one is slow."""

    rate: float = 20.0
    duration: str = "3s"
    warmup: str = "1s"


@check("load.throughput", better="higher", unit="1/s", on_request=True)
@alone
def throughput(
    load_bench: Bench,
    *,
    options: Steps,
    latency: str,
    quantile: str = "p99",
    errors: float = 0.01,
    precision: float = 0.1,
    most_steps: int = 10,
) -> Measurement:
    """The highest rate of requests at which the server still answers in time and without errors.

    A rate meets the rule where the `quantile` of the waits is at most `latency` and at most a share of `errors` fail.
    The search starts at `rate`, doubles it until the rule breaks, and then halves the gap (as a ratio) until it is
    within `precision`, in at most `most_steps` steps of `duration` each. The number is the highest rate that met the
    rule; the interval goes from there to the lowest that broke it.

    Where the load generator of this machine becomes the bottleneck first, the rate is only known from below, and a rule
    `at_least` above it is inconclusive.

    ## What to do

    Compare the rate with the peak that you expect, with room for one server that fails. More workers help until the
    processors are used up; then larger batches, a cheaper model, or more machines. `load.resources` says what a
    prediction costs, which bounds the rate: cores divided by seconds per prediction.
    """
    if quantile not in QUANTILES:
        raise UsageError(f'quantile = "{quantile}" is not measured.', hint=f"There are: {', '.join(QUANTILES)}.")
    limit = seconds("latency", latency) * 1000
    search, said = Search(), list[str]()
    at: float | None = options.rate
    with load_bench.endpoint(options) as endpoint:
        while at is not None and len(said) < most_steps:
            run = _step(load_bench, options, endpoint, at)
            value, failing = _judged(run, quantile)
            good = value.value <= limit and failing <= errors and run.gave_up is None
            said.append(f"{at:.0f} per second: {quantile} {value.value:.1f} ms, {failing:.1%} failed.")
            if good:
                search.met = at
            elif run.bottleneck is not None:
                search.limited = run.bottleneck
            else:
                search.broke = at
            at = search.next(2.0, precision)
    if search.met == 0.0 and search.limited is not None:
        raise CheckError(f"No rate was tried that says anything of the server: {search.limited}.")
    return _told(search, said)


def _step(bench: Bench, options: LoadOptions, endpoint: Endpoint, rate: float) -> Run:
    return bench.load(replace(options, rate=rate), [endpoint.target])


def _judged(run: Run, name: str) -> tuple[Estimate, float]:
    waited = run.samples.where(run.samples.waited)
    failing = wilson(int(run.samples.failed.sum()), max(run.samples.n, 1)).value
    if waited.n == 0:
        return Estimate(1e9, 0), 1.0
    return quantiles.quantile(waited.latency * 1000, QUANTILES[name], most=1e9), failing


def _told(search: Search, said: list[str]) -> Measurement:
    high = search.broke if search.broke is not None else _UNKNOWN
    curve = Curve((search.met, search.met), (high, high))
    estimate = Estimate(search.met, len(said), Spread("bisection", (high - search.met) / 4, curve=curve))
    limits = [f"Known from below alone: {search.limited}."] if search.limited else []
    if search.broke is None and not search.limited:
        limits = ["Known from below alone: no rate that was tried broke the rule; raise most_steps."]
    return Measurement(estimate, "1/s", notes=(*said, *limits))
