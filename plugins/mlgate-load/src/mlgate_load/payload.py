"""How a server takes what it should not get."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from mlgate import Estimate, Finding, Measurement, Severity, check
from mlgate_load.alone import alone
from mlgate_load.bench import Bench, Endpoint
from mlgate_load.durations import size
from mlgate_load.options import TargetOptions
from mlgate_load.payloads import JSON_TYPE, batches, body_from, body_of, user_function
from mlgate_load.probing import Unanswered, post


@dataclass(frozen=True, slots=True)
class Trial:
    """One odd request; `may_succeed` where answering it is as good as refusing it."""

    name: str
    body: bytes
    content_type: str = JSON_TYPE
    may_succeed: bool = False


@check("load.payload", better="higher", unit="rows", default={"no_findings": "high", "level": "warn"}, on_request=True)
@alone
def payload(
    load_bench: Bench, *, options: TargetOptions, most_rows: int = 4096, oversized: str = "32MB"
) -> Measurement:
    """The largest batch that the server takes, and how it refuses what it can't read.

    Sent one at a time, each waited for no longer than `timeout`: one row, 1,000 rows, malformed JSON, JSON that is no
    rows, a wrong content type, a body of the size `oversized`. What can't be read has to be refused with a 4xx that
    says why. A finding is an answer 5xx, one 2xx to nonsense, a 4xx without a body, no answer in time, and above all a
    server that no longer answers a plain row afterwards. The number is the largest batch that was answered, doubled up
    to `most_rows`.

    By default, findings of high severity warn.

    ## What to do

    A 500 for malformed JSON is an exception that nobody catches: parse and check the body before the model sees it. Let
    the server, or the proxy before it, refuse bodies beyond a size. A batch that takes longer than the time-out needs a
    bound of its own, told to callers with a 413.
    """
    with load_bench.endpoint(options) as endpoint:
        findings = [
            each
            for trial in _trials(load_bench, options, oversized)
            for each in _tried(load_bench, options, endpoint, trial)
        ]
        largest, stopped = _largest(load_bench, options, endpoint, most_rows)
    return Measurement(Estimate(float(largest), 1), "rows", findings=tuple(findings), notes=(stopped,))


def _trials(bench: Bench, options: TargetOptions, oversized: str) -> Iterator[Trial]:
    good = _body(bench, options, 1)
    yield Trial("one row", good, may_succeed=True)
    yield Trial("1,000 rows", _body(bench, options, 1000), may_succeed=True)
    yield Trial("malformed JSON", good[:-2])
    yield Trial("JSON that is no rows", json.dumps({"rows": "none"}).encode())
    yield Trial("a wrong content type", good, "application/x-nonsense")
    padding = size("oversized", oversized)
    yield Trial("an oversized body", good[:-1] + b', "padding": "' + b"x" * padding + b'"}', may_succeed=True)


def _tried(bench: Bench, options: TargetOptions, endpoint: Endpoint, trial: Trial) -> Iterator[Finding]:
    try:
        reply = post(endpoint.target, trial.body, options.patience, trial.content_type)
    except Unanswered as error:
        if not trial.name.startswith("an oversized") or error.late:  # cut off while it is sent: that is a refusal, too
            yield Finding(f"{trial.name}: {error}.", Severity.CRITICAL if error.late else Severity.HIGH)
    else:
        yield from _of_status(trial, reply.status, reply.body)
    if not _answers_a_row(bench, options, endpoint):
        yield Finding(f"After {trial.name}, the server no longer answers a plain row.", Severity.CRITICAL)


def _of_status(trial: Trial, status: int, body: bytes) -> Iterator[Finding]:
    good = trial.name in ("one row", "1,000 rows")
    if status >= 500:
        yield Finding(
            f"{trial.name}: status {status}, where a 4xx is expected.", Severity.HIGH, data={"status": status}
        )
    elif good and status >= 300:
        yield Finding(f"{trial.name}: refused with status {status}.", Severity.HIGH, data={"status": status})
    elif status < 300 and not trial.may_succeed:
        yield Finding(f"{trial.name}: taken with status {status}.", Severity.MEDIUM, data={"status": status})
    elif status >= 400 and not body.strip():
        yield Finding(
            f"{trial.name}: refused with status {status} and not a word.", Severity.LOW, data={"status": status}
        )


def _answers_a_row(bench: Bench, options: TargetOptions, endpoint: Endpoint) -> bool:
    try:
        return post(endpoint.target, _body(bench, options, 1), options.patience).status == 200
    except Unanswered:
        return False


def _largest(bench: Bench, options: TargetOptions, endpoint: Endpoint, most: int) -> tuple[int, str]:
    """The largest batch that was answered, and why it went no further."""
    largest, rows = 0, 1
    while rows <= most:
        try:
            reply = post(endpoint.target, _body(bench, options, rows), options.patience)
        except Unanswered as error:
            return largest, f"A batch of {rows:,} rows: {error}."
        if reply.status != 200:
            return largest, f"A batch of {rows:,} rows was refused with status {reply.status}."
        largest, rows = rows, rows * 2
    return largest, f"No larger batch than {largest:,} rows was tried."


def _body(bench: Bench, options: TargetOptions, rows: int) -> bytes:
    lot = batches(bench.rows, rows)[0]
    return (
        body_from(user_function(options.payload, bench.folder), lot)
        if options.payload
        else body_of(lot, options.format)
    )
