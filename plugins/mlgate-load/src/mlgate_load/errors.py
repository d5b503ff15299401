"""How many requests fail under load."""

from __future__ import annotations

from mlgate import Measurement, check
from mlgate_load.alone import alone
from mlgate_load.bench import Bench
from mlgate_load.measuring.held import held
from mlgate_load.measuring.shares import faults, wilson
from mlgate_load.options import LoadOptions


@check("load.errors", better="lower", default={"at_most": 0.01}, on_request=True)
@alone
def errors(load_bench: Bench, *, options: LoadOptions) -> Measurement:
    """The share of requests that fail under load, with Wilson's interval, by status and by what the server said.

    Failed is what a caller can't use: a status other than 2xx, a redirect (none is followed), an answer that is not
    JSON, a connection that is refused or breaks off, no answer within `timeout`. Nothing is tried again, since a
    second try would hide the first. The load is that of `load.latency`; where both have the same options, it is made
    once for both.

    It blocks where the share is shown to be above 1%.

    ## What to do

    The findings say how many requests failed in which way, and what one of them said. A connection that breaks off is a
    worker that died: look at the server's own log. Status 500 under load alone is a resource that runs out: memory,
    file descriptors, a lock. No answer in time is a queue that grows: the rate is above what the server can do.
    """
    with load_bench.endpoint(options) as endpoint:
        run, _ = load_bench.shared_load(options, endpoint)
    share = wilson(int(run.samples.failed.sum()), run.samples.n)
    return held(Measurement(share, findings=faults(run)), run)
