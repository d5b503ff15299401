"""How long a server takes from its start to the first right answer."""

from __future__ import annotations

import time

from mlgate import CheckError, Estimate, Measurement, NotApplicable, Part, check
from mlgate_load.alone import alone
from mlgate_load.bench import Bench
from mlgate_load.options import TargetOptions
from mlgate_load.probing import refuse_unfit


@check("load.cold_start", better="lower", unit="s", parts={"healthy": "s", "first_answer": "s"}, on_request=True)
@alone
def cold_start(load_bench: Bench, *, options: TargetOptions, starts: int = 1) -> Measurement:
    """How long a fresh server of the candidate takes to its first answer, the slowest of `starts`.

    It is what a new replica costs when traffic grows, and how long a crashed one is away. mlgate starts the server from
    nothing each time. The parts are `healthy` (until `/health` answers) and `first_answer` (the first prediction
    alone, which often loads what the model loads lazily).

    Each start is a fact, and the slowest one is shown: no interval speaks of starts that were not tried.

    ## What to do

    Most of a slow start are imports: `python -X importtime` names them. Then comes the model itself: a smaller file, or
    one that is mapped instead of read. A slow first answer is work that could be done before `/health` says yes.
    """
    if load_bench.url_for(options):
        raise NotApplicable("a server at a url is not ours to start.", hint="Leave url out to have the model served.")
    if starts < 1:
        raise CheckError("starts = 0 measures nothing.", hint="State at least 1.")
    body = load_bench.bodies(options)[0]
    healthy, first = [], []
    for _ in range(starts):
        with load_bench.endpoint(options, fresh=True) as endpoint:
            assert endpoint.server is not None
            healthy.append(endpoint.server.seconds)
            began = time.perf_counter()
            refuse_unfit(endpoint.target, body, options.patience)
            first.append(time.perf_counter() - began)
    total = max(one + other for one, other in zip(healthy, first, strict=True))
    parts = (
        Part("healthy", Estimate(max(healthy), starts), "s"),
        Part("first_answer", Estimate(max(first), starts), "s"),
    )
    return Measurement(Estimate(total, starts), "s", parts=parts)
