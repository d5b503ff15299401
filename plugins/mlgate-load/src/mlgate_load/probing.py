"""Single requests from the gate's own process: is the target there, is it what the user named, how does it refuse."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from dataclasses import dataclass

from mlgate import CheckError
from mlgate_load.plan import Target
from mlgate_load.secrets import hidden, resolved

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; `seconds` from the connection to the last byte."""

    status: int
    body: bytes
    location: str
    seconds: float

    @property
    def is_json(self) -> bool:
        try:
            json.loads(self.body)
        except ValueError:
            return False
        return True


class Unanswered(Exception):
    """No answer; the text says why, and `late` whether the time ran out."""

    def __init__(self, said: str, *, late: bool = False) -> None:
        super().__init__(said)
        self.late = late


def post(target: Target, body: bytes, timeout: float, content_type: str = "application/json") -> Reply:
    """The answer to one POST. Raises `Unanswered`."""
    headers = {**resolved(target.headers), "Content-Type": content_type}
    return _ask(target, target.path, body, headers, timeout)


def get(target: Target, path: str, timeout: float) -> Reply:
    """The answer to one GET on the target's server. Raises `Unanswered`."""
    return _ask(target, path, None, resolved(target.headers), timeout)


def _ask(target: Target, path: str, body: bytes | None, headers: dict[str, str], timeout: float) -> Reply:
    """A POST where there is a body, else a GET."""
    made: http.client.HTTPConnection
    if target.scheme == "https":
        made = http.client.HTTPSConnection(target.host, target.port, timeout=timeout)
    else:
        made = http.client.HTTPConnection(target.host, target.port, timeout=timeout)
    started = time.perf_counter()
    try:
        made.request("GET" if body is None else "POST", path, body, headers)
        answer = made.getresponse()
        read = answer.read()
        return Reply(answer.status, read, answer.getheader("Location") or "", time.perf_counter() - started)
    except TimeoutError:
        raise Unanswered(f"no answer within {timeout:g} s", late=True) from None
    except ConnectionRefusedError:
        raise Unanswered("nothing listens there") from None
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or getattr(error, "reason", "") or str(error)
        raise Unanswered(f"the TLS connection failed: {str(why).lower().replace('_', ' ')}") from None
    except (OSError, http.client.HTTPException) as error:
        raise Unanswered(
            f"the connection broke off ({getattr(error, 'strerror', None) or type(error).__name__})"
        ) from None
    finally:
        made.close()


def refuse_unfit(target: Target, body: bytes, timeout: float) -> Reply:
    """The answer to one request, before any load. Raises `CheckError` where the target does not answer as it should."""
    try:
        reply = post(target, body, timeout)
    except Unanswered as error:
        raise CheckError(
            f"{target.url} can't be put under load: {error}.", hint="Is the server up, and is the address right?"
        ) from None
    problem = _unfit(reply)
    if problem is not None:
        raise CheckError(
            f"{target.url} can't be put under load: {hidden(problem[0], target.headers)}.", hint=problem[1]
        )
    return reply


def _unfit(reply: Reply) -> tuple[str, str] | None:
    said = reply.body[:_SHOWN].decode("utf-8", "replace").strip()
    if reply.status in (401, 403):
        return f"it wants to know who asks (status {reply.status})", 'headers = { Authorization = "Bearer env:TOKEN" }.'
    if 300 <= reply.status < 400:
        return (
            f"it sends us elsewhere (status {reply.status} to {reply.location[:_SHOWN]})",
            "Name that address as url.",
        )
    if not 200 <= reply.status < 300:
        return (
            f"it refuses a row of the test table with status {reply.status}: {said}",
            "See format, payload and the path of url.",
        )
    if not reply.is_json:
        return f"its answer is not JSON: {said[:60]!r}", "Is this the path that scores? MLflow's is /invocations."
    return None


def answered(target: Target, body: bytes, timeout: float) -> Reply:
    """The answer to one POST, whatever its status. Raises `CheckError` where there is none."""
    try:
        return post(target, body, timeout)
    except Unanswered as error:
        raise CheckError(f"{target.url} does not answer: {error}.", hint="Is the server up?") from None
