"""Whether the served model says what the model says."""

from __future__ import annotations

import json
import math
from typing import Any

from mlgate import CheckError, Finding, Measurement, NotApplicable, Severity, UsageError, check
from mlgate_load.alone import alone
from mlgate_load.bench import Bench
from mlgate_load.measuring.shares import wilson
from mlgate_load.options import TargetOptions
from mlgate_load.payloads import body_of
from mlgate_load.probing import Reply, answered
from mlgate_load.serving.own import own_answers

_SHOWN = 5


@check("load.consistency", better="lower", default={"no_findings": True}, on_request=True)
@alone
def consistency(load_bench: Bench, *, options: TargetOptions, rows: int = 200, tolerance: float = 0.0) -> Measurement:
    """The share of rows that the served model answers differently from the model itself.

    The candidate's own answers are computed in a process of its own from the same files that are served; the same rows
    of the test table go through the server, one request for all and one for each of the first twenty. Numbers have to
    be equal to the last digit, unless `tolerance` allows a relative difference; labels have to be equal.

    It blocks where a single row differs: then what was tested is not what will answer in production.

    ## What to do

    The findings name the rows by their place in the test table. Answers that differ for all rows are another model, or
    another version of a library, in the server. A few that differ are often columns whose type JSON does not keep:
    whole numbers beyond 2^53, dates, missing values. Differences in the last digits come from another number of
    threads or another processor: state a `tolerance`.
    """
    if options.payload:
        raise UsageError("load.consistency sends rows of the test table, and takes no payload.", hint="Leave it out.")
    sent = load_bench.rows[:rows]
    if not sent:
        raise NotApplicable("the test table has no rows.")
    expected = own_answers(load_bench.candidate_files(), sent, options.start_patience)
    with load_bench.endpoint(options) as endpoint:
        together = _predictions(answered(endpoint.target, body_of(sent, options.format), options.patience))
        alone = [
            _predictions(answered(endpoint.target, body_of([row], options.format), options.patience))
            for row in sent[:20]
        ]
    if len(together) != len(expected):
        said = f"The server gave {len(together):,} answers for {len(expected):,} rows."
        return Measurement(wilson(len(sent), len(sent)), findings=(Finding(said, Severity.HIGH),))
    differing = {place for place, answer in enumerate(together) if not same(answer, expected[place], tolerance)}
    differing |= {
        place
        for place, answers in enumerate(alone)
        if len(answers) != 1 or not same(answers[0], expected[place], tolerance)
    }
    return Measurement(wilson(len(differing), len(sent)), findings=_findings(differing, len(sent)))


def same(answer: Any, expected: Any, tolerance: float) -> bool:
    """Equal answers, in whatever JSON they stand; numbers within a relative `tolerance`."""
    if isinstance(expected, dict) and isinstance(answer, dict):
        return expected.keys() == answer.keys() and all(same(answer[key], expected[key], tolerance) for key in expected)
    if isinstance(expected, list) and isinstance(answer, list):
        return len(expected) == len(answer) and all(map(lambda a, e: same(a, e, tolerance), answer, expected))
    if _is_number(expected) and _is_number(answer):
        return bool(answer == expected or math.isclose(answer, expected, rel_tol=tolerance, abs_tol=0.0))
    return type(answer) is type(expected) and bool(answer == expected)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _predictions(reply: Reply) -> list[Any]:
    """The list of answers in a reply. Raises `CheckError`."""
    try:
        tree = json.loads(reply.body)
    except ValueError:
        raise CheckError(f"The server's answer is not JSON (status {reply.status}).") from None
    if reply.status != 200:
        raise CheckError(f"The server refused rows of the test table with status {reply.status}: {str(tree)[:200]}")
    found = tree.get("predictions", tree.get("outputs")) if isinstance(tree, dict) else tree
    if not isinstance(found, list):
        raise CheckError("The server's answer has no list of predictions.", hint="MLflow's servers answer with one.")
    return [next(iter(each.values())) if isinstance(each, dict) and len(each) == 1 else each for each in found]


def _findings(differing: set[int], of: int) -> tuple[Finding, ...]:
    if not differing:
        return ()
    places = sorted(differing)
    shown = ", ".join(str(place + 1) for place in places[:_SHOWN])
    more = f" and {len(places) - _SHOWN:,} more" if len(places) > _SHOWN else ""
    said = (
        f"{len(places):,} of {of:,} rows are answered differently by the server: rows {shown}{more} of the test table."
    )
    return (Finding(said, Severity.HIGH, data={"rows": [place + 1 for place in places[:100]]}),)
