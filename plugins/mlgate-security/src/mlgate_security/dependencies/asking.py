"""One question over HTTP, answered in JSON."""

from __future__ import annotations

import json
from typing import Any

_LARGEST = 64 << 20


class Unreachable(Exception):
    """There was no answer that can be read; the text says why."""


def get_json(url: str, seconds: int, *, accept: str = "application/json") -> Any:
    """What `url` answers. Raises `Unreachable`."""
    import requests

    try:
        with requests.get(url, headers={"Accept": accept}, timeout=seconds, stream=True) as answer:
            answer.raise_for_status()
            content = answer.raw.read(_LARGEST + 1, decode_content=True)
    except (requests.RequestException, OSError) as error:
        raise Unreachable(type(error).__name__) from error
    if len(content) > _LARGEST:
        raise Unreachable("the answer is larger than 64 MiB")
    try:
        return json.loads(content)
    except ValueError as error:
        raise Unreachable("the answer is no JSON") from error


def refuse_unreachable(url: str, seconds: int) -> None:
    """Raises `Unreachable` where nobody answers at all, so that no tool waits for each of a hundred packages."""
    import requests

    try:
        requests.head(url, timeout=seconds, allow_redirects=False).close()
    except (requests.RequestException, OSError) as error:
        raise Unreachable(type(error).__name__) from error
