"""Confine this process and let it become another program, which keeps what was taken on.

Imports as little as it can: another Python waits behind it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from mlgate.sandbox.confining import Confinement

_ROOT = str(Path(__file__).parents[2])
_BOOT = "import sys; sys.path.append(sys.argv[1]); from mlgate.sandbox.becoming import main; main()"


def confined(command: Sequence[str], confinement: Confinement) -> list[str]:
    """The command that runs `command`, a path and its arguments, in that confinement."""
    setup = json.dumps({"confinement": confinement.to_json(), "command": list(command)})
    return [sys.executable, "-I", "-B", "-c", _BOOT, _ROOT, setup]


def main() -> None:
    """Become the program that the last argument names; what is in the way of it is the last line that is printed."""
    setup = json.loads(sys.argv[2])
    command = setup["command"]
    try:
        Confinement.from_json(setup["confinement"]).take_on()
        os.execv(command[0], command)  # noqa: S606  (our own words, no shell)  # nosec B606
    except OSError as error:
        sys.exit(f"it can't be confined as this platform promises: {error}")
