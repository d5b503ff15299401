"""Tell somebody: a POST with a signature, a few tries, and an end.

The signature is `X-Mlgate-Signature: v1=<hex>`: HMAC-SHA256 over `<delivery>.<timestamp>.<body>`, whose first two
parts are headers too, so that a receiver can refuse what is old or came before.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from mlgate.errors import MlgateError, UsageError
from mlgate.watch.watching import Look

_MOST_REASONS = 20


class NotDelivered(MlgateError):
    """A webhook that nobody took."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where to post, what signs it, how often and how long to try. Raises `UsageError` for another scheme than HTTP."""

    url: str
    secret: bytes | None = None
    tries: int = 4
    timeout: float = 10.0
    pause: float = 1.0

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in ("http", "https") or not urlsplit(self.url).hostname:
            raise UsageError(f"{self.url!r} is no address to post to.", hint="A webhook is http:// or https://.")


def notify(hook: Webhook, name: str, alias: str, look: Look, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Post what a look came to. The delivery has one id over all tries: a receiver sees a repetition as one.

    Raises `NotDelivered` after the last try, or at once where the receiver says that it is our mistake (4xx).
    """
    delivery, body = secrets.token_hex(16), json.dumps(_payload(name, alias, look), sort_keys=True).encode()
    problem = ""
    for attempt in range(hook.tries):
        if attempt:
            sleep(hook.pause * 2 ** (attempt - 1))
        status, problem = _post(hook, delivery, body)
        if status is not None and 200 <= status < 300:
            return
        if status is not None and 400 <= status < 500 and status not in (408, 429):
            break
    raise NotDelivered(
        f"the webhook at {_without_query(hook.url)} was not delivered: {problem}.",
        hint="The look itself stands; its record says the same.",
    )


def sign(secret: bytes, delivery: str, timestamp: str, body: bytes) -> str:
    """The signature that a receiver makes again."""
    return hmac.new(secret, f"{delivery}.{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


class _NoRedirects(HTTPRedirectHandler):
    """A signed body goes where it was sent, and nowhere else."""

    def redirect_request(self, *asked: object) -> None:
        return None


def _post(hook: Webhook, delivery: str, body: bytes) -> tuple[int | None, str]:
    """The status, None where there was no answer; and what to say of it."""
    timestamp = str(int(time.time()))
    headers = {"Content-Type": "application/json", "X-Mlgate-Delivery": delivery, "X-Mlgate-Timestamp": timestamp}
    if hook.secret is not None:
        headers["X-Mlgate-Signature"] = f"v1={sign(hook.secret, delivery, timestamp, body)}"
    request = Request(hook.url, data=body, headers=headers, method="POST")  # noqa: S310 - the scheme is checked
    try:
        with build_opener(_NoRedirects).open(request, timeout=hook.timeout) as answer:
            return int(answer.status), f"it answered {answer.status}"
    except HTTPError as error:
        error.close()
        return error.code, f"it answered {error.code}"
    except (URLError, OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        return None, f"no answer ({reason if str(reason) else type(reason).__name__})"


def _payload(name: str, alias: str, look: Look) -> dict[str, object]:
    return {
        "schema": "mlgate-watch/1",
        "event": "rolled_back" if look.moved_to is not None else str(look.outcome),
        "model": name,
        "alias": alias,
        "version": look.version,
        "rolled_back_to": look.moved_to,
        "time": look.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "run": look.record.facts.id if look.record is not None else None,
        "reasons": list(look.reasons[:_MOST_REASONS]),
        "problem": look.problem,
    }


def _without_query(url: str) -> str:
    """The address without what may be a secret in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
