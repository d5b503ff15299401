"""The confined side: take the channel over, confine this process, answer until the channel closes.

Imports as little as it can: what runs before the confinement runs outside of it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import IO, Any

from mlgate.sandbox.confining import Confinement
from mlgate.sandbox.frames import Frame, read_frame, write_frame

Answer = tuple[Mapping[str, Any], Sequence[Any]]
Serve = Callable[[Frame], Answer]
_NO_BOUND = 1 << 62  # what the gate sends is its own


def main() -> None:
    """Run until the gate closes the channel."""
    requests, answers = _channel()
    setup = read_frame(requests, _NO_BOUND).header
    try:
        Confinement.from_json(setup["confinement"]).take_on()
    except OSError as error:
        write_frame(answers, {"unconfined": str(error)})
        return
    sys.path[:] = setup["path"]
    write_frame(answers, {})
    module, _, name = setup["serve"].partition(":")
    serve: Serve = getattr(import_module(module), name)()
    while True:
        try:
            request = read_frame(requests, _NO_BOUND)
        except EOFError:
            return
        write_frame(answers, *serve(request))


def _channel() -> tuple[IO[bytes], IO[bytes]]:
    """The two ends, away from where a model prints: its standard output becomes its standard error."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, answers
