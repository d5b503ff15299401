"""MLflow's scoring protocol for a bare model file: `/health`, `/invocations`, and 4xx for what it can't read."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from mlgate_load.serving.loading import load, predict

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
_MOST = 64 << 20


class Unreadable(Exception):
    """A request that is no rows; `status` is what the caller gets."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status


class ScoringApp:
    """An ASGI application around one estimator."""

    def __init__(self, path: Path) -> None:
        self._estimator = load(path)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] in ("/ping", "/health"):
            await _answer(send, 200, {})
            return
        try:
            if (scope["method"], scope["path"]) != ("POST", "/invocations"):
                raise Unreadable(404, f"{scope['method']} {scope['path']} is not served")
            rows = frame_of(await _body(receive), dict(scope["headers"]).get(b"content-type", b"").decode("latin-1"))
            await _answer(send, 200, {"predictions": self._predicted(rows)})
        except Unreadable as error:
            await _answer(send, error.status, {"message": str(error)})

    def _predicted(self, rows: Any) -> list[Any]:
        try:
            return predict(self._estimator, rows)
        except (KeyError, ValueError, TypeError) as error:
            raise Unreadable(400, f"the model can't read these rows: {error}") from error


def frame_of(body: bytes, content_type: str) -> Any:
    """The rows in one of MLflow's four shapes, as a data frame. Raises `Unreadable`."""
    import pandas as pd

    if content_type.partition(";")[0].strip() != "application/json":
        raise Unreadable(415, "the content type is application/json")
    try:
        tree = json.loads(body)
        if not isinstance(tree, dict):
            raise TypeError("the body is a JSON object")
        if "dataframe_split" in tree:
            split = tree["dataframe_split"]
            return pd.DataFrame(split["data"], columns=split["columns"])
        shape = next(key for key in ("dataframe_records", "instances", "inputs") if key in tree)
        return pd.DataFrame(tree[shape])
    except StopIteration:
        raise Unreadable(400, "expected dataframe_split, dataframe_records, instances or inputs") from None
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(400, f"the body can't be read: {error}") from error


async def _body(receive: Receive) -> bytes:
    parts, size = [], 0
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > _MOST:
            raise Unreadable(413, f"the body is longer than {_MOST:,} bytes")
        if not message.get("more_body"):
            return b"".join(parts)


async def _answer(send: Send, status: int, tree: object) -> None:
    body = json.dumps(tree).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def __getattr__(name: str) -> Any:
    """`app`, made when uvicorn asks for it."""
    if name == "app":
        return ScoringApp(Path(os.environ["MLGATE_SERVED"]))
    raise AttributeError(name)
