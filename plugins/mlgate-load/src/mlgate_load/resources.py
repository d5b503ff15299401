"""What a thousand predictions cost."""

from __future__ import annotations

from mlgate import CheckError, Estimate, Measurement, Part, Spread, check
from mlgate_load.alone import alone
from mlgate_load.bench import Bench
from mlgate_load.generating import Run
from mlgate_load.monitoring import Watched
from mlgate_load.options import LoadOptions
from mlgate_load.soak import watched_load

_BLOCKS = 10


@check("load.resources", better="lower", unit="s", parts={"peak_memory": "B"}, on_request=True)
@alone
def resources(load_bench: Bench, *, options: LoadOptions, pid: int = 0) -> Measurement:
    """Processor seconds and peak memory that the server takes per 1,000 predictions.

    Seconds of processor time of the whole process tree, user and system, while it serves a fixed rate; a prediction is
    one row. Unlike latency this hardly depends on what else the machine does, so it is the number to compare between
    machines and runs. The interval is Student's over ten stretches of the run. The part `peak_memory` is the largest
    resident memory that was seen. The load is that of `load.latency`; where both have the same options, it is made once
    for both.

    ## What to do

    Compare `batch = 1` with `batch = 100`: where the cost per row falls, it is the request that is dear (parsing, the
    schema, the framework), and callers should send more rows at once. Where it does not, it is the model: fewer trees,
    a smaller network, `n_jobs = 1` inside a server that has workers of its own.
    """
    with load_bench.endpoint(options) as endpoint:
        run, seen = watched_load(load_bench, options, endpoint, pid)
    peak = Part("peak_memory", Estimate(max(seen.memory), run.samples.n), "B")
    return Measurement(_cost(run, seen, options.batch), "s", parts=(peak,))


def _cost(run: Run, seen: Watched, batch: int) -> Estimate:
    """Seconds per 1,000 rows: in all, with the spread over stretches of time."""
    import numpy as np

    answered = run.samples.where(~run.samples.failed)
    if answered.n < 2 * _BLOCKS:
        raise CheckError(f"Only {answered.n:,} requests were answered, too few to say what one costs.")
    ended = np.sort(run.started + answered.intended + answered.latency)
    edges = np.linspace(ended[0], ended[-1], _BLOCKS + 1)
    spent = np.diff(np.interp(edges, seen.at, seen.cpu))
    rows = np.maximum(np.diff(np.searchsorted(ended, edges)), 1) * batch
    total = 1000 * float(spent.sum() / rows.sum())
    se = 1000 * float(np.std(spent - total / 1000 * rows, ddof=1) / rows.mean() / np.sqrt(_BLOCKS))
    return Estimate(total, answered.n, Spread("ratio of means", se, df=_BLOCKS - 1, least=0.0))
