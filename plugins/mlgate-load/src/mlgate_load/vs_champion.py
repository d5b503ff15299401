"""Whether the candidate is slower than the champion, side by side."""

from __future__ import annotations

from mlgate import CheckError, Comparison, Estimate, Measurement, Part, UsageError, check
from mlgate_load.alone import alone
from mlgate_load.bench import Bench
from mlgate_load.generating import Run
from mlgate_load.measuring.held import held
from mlgate_load.measuring.quantiles import QUANTILES
from mlgate_load.measuring.ratios import ratio
from mlgate_load.options import LoadOptions
from mlgate_load.plan import Target
from mlgate_load.samples import Samples

PARTS = ("p50", "p90", "p95", "p99")


@check("load.vs_champion", better="lower", parts=dict.fromkeys(PARTS, "1"), on_request=True)
@alone
def vs_champion(
    load_bench: Bench, *, options: LoadOptions, quantile: str = "p50", champion_url: str = ""
) -> Measurement:
    """How much slower the served candidate is than the served champion: the ratio of a quantile of their waits.

    Both are served at the same time on the same machine, and each request of one schedule goes to one or the other,
    drawn at random: what disturbs the machine disturbs both. The number is the candidate's `quantile` over the
    champion's, 1 where they are equal, with an interval from stretches of time that are drawn for both together. The
    parts `p50`, `p90`, `p95` and `p99` are the ratios of these quantiles; each server gets half of `rate`.

    State a rule: `at_most = 1.2`, or `not_worse_than_champion = { relative_margin = 0.1 }`.

    ## What to do

    A ratio well above 1 at p50 is a model that computes more: profile both on the same rows. A ratio that grows from
    p50 to p99 is contention: locks, threads that outnumber the cores, garbage. Where the interval is wide, measure
    longer or at a lower rate, where the servers do not wait for each other's processor.
    """
    if quantile not in QUANTILES:
        raise UsageError(f'quantile = "{quantile}" is not measured.', hint=f"There are: {', '.join(QUANTILES)}.")
    run = _side_by_side(load_bench, options, champion_url)
    waited = run.samples.where(run.samples.waited)
    ours, theirs = (waited.where(waited.target == place) for place in (0, 1))
    _refuse_broken(run)
    parts = tuple(Part(name, ratio(ours, theirs, QUANTILES[name], options.seed)) for name in PARTS)
    main = next((part.estimate for part in parts if part.name == quantile), None)
    main = main or ratio(ours, theirs, QUANTILES[quantile], options.seed)
    assert main.spread is not None
    shifted = Estimate(
        main.value - 1, main.n, main.spread.__class__(main.spread.method, main.spread.se, df=main.spread.df)
    )
    comparison = Comparison(Estimate(1.0, theirs.n), shifted, higher_is_better=False, bounded=False)
    return held(Measurement(main, parts=parts, comparison=comparison, notes=_notes(ours, theirs)), run)


def _side_by_side(bench: Bench, options: LoadOptions, champion_url: str) -> Run:
    import numpy as np

    with bench.rival(options, champion_url) as theirs, bench.endpoint(options) as ours:
        targets: list[Target] = [ours.target, theirs.target]
        n = len(options.schedule())
        which = np.random.default_rng(options.seed + 1).integers(0, 2, n)
        return bench.load(options, targets, which=[int(each) for each in which])


def _refuse_broken(run: Run) -> None:
    """Two servers that fail are not compared by how quickly they do."""
    for place, name in enumerate(("candidate", "champion")):
        own: Samples = run.samples.where(run.samples.target == place)
        if own.n and own.failed.mean() > 0.1:
            raise CheckError(
                f"{own.failed.mean():.0%} of the requests to the {name} failed, so waits are not compared.",
                hint="load.errors says how; a lower rate may do.",
            )


def _notes(ours: Samples, theirs: Samples) -> tuple[str, ...]:
    import numpy as np

    names = ("candidate", "champion")
    return tuple(
        f"The {name}'s p50 is {1000 * float(np.median(side.latency)):.1f} ms on {side.n:,} requests."
        for name, side in zip(names, (ours, theirs), strict=True)
    )
