"""The share of requests that failed, with Wilson's interval, and what the failures said."""

from __future__ import annotations

import math
from collections import Counter

from mlgate import Estimate, Finding, Scale, Severity, Spread
from mlgate_load import samples as kinds
from mlgate_load.generating import Run

_NAMES = {
    kinds.BAD_STATUS: "status",
    kinds.BAD_BODY: "answer that is not JSON",
    kinds.NO_ANSWER: "no answer in time",
    kinds.CUT: "connection broke off",
    kinds.REFUSED: "no connection",
    kinds.NOT_SENT: "not sent in time, all connections waited",
}


def wilson(count: int, of: int) -> Estimate:
    """A share of independent trials (Wilson 1927)."""
    share = count / of
    return Estimate(share, of, Spread("wilson", math.sqrt(share * (1 - share) / of), Scale.SCORE, trials=float(of)))


def faults(run: Run) -> tuple[Finding, ...]:
    """One finding per kind of failure and status, with how many there were and what one of them said."""
    samples = run.samples
    failed = samples.where(samples.failed)
    counted = Counter(zip(failed.fault.tolist(), failed.status.tolist(), strict=True))
    return tuple(_finding(run, fault, status, count) for (fault, status), count in counted.most_common())


def _finding(run: Run, fault: int, status: int, count: int) -> Finding:
    name = f"status {status}" if fault == kinds.BAD_STATUS else _NAMES[fault]
    said = next((message for of, message in run.messages if of == status and _is_of(message, name)), "")
    detail = f": {said}" if said and said != name else ""
    share = f"{count:,} of {run.samples.n:,} requests"
    return Finding(f"{share} failed with {name}{detail}.", Severity.MEDIUM, data={"status": status, "requests": count})


def _is_of(message: str, name: str) -> bool:
    return name.split(",", maxsplit=1)[0].rsplit(maxsplit=1)[-1] in message or name.startswith("status")
