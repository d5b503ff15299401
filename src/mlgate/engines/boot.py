"""The first thing that runs in an engine's environment: take the bounds on, load the worker, write its answers.

This file runs under the engine's Python, by its path. It imports nothing of mlgate and nothing but the standard
library; `protocol.py` says what it reads and writes.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import math
import os
import signal
import sys
from typing import Any

PROTOCOL = 1
_NO_NEW_PRIVILEGES, _SECCOMP, _DIE_WITH_PARENT = 38, 22, 1
_FILTER_MODE = 2


def main(folder: str) -> int:
    """Answer the request in `folder`."""
    with open(os.path.join(folder, "request.json"), encoding="utf-8") as file:
        request = json.load(file)
    lacks = confine(request["bounds"], request["filter"], request["parent"])
    with open(os.path.join(folder, "answer.jsonl"), "w", encoding="utf-8") as answers:

        def write(tree: dict[str, Any]) -> None:
            answers.write(json.dumps(tree, allow_nan=False) + "\n")
            answers.flush()  # what was answered outlives this process

        write({"protocol": PROTOCOL, "lacks": lacks})
        if request["protocol"] != PROTOCOL:
            return 0  # the gate says so
        tables = {name: os.path.join(folder, file) for name, file in request["tables"].items()}
        try:
            answer = load(request["worker"])
            answer(request["body"], tables, lambda item: write({"item": plain(item)}))
        except MemoryError:
            write({"crashed": "ran out of the memory that it is given"})
        except Exception as error:
            write({"crashed": f"crashed with {type(error).__name__}: {' '.join(str(error).split())[:300]}"})
        else:
            write({"done": True})
    return 0


def load(path: str) -> Any:
    """The function `answer` of the worker at `path`."""
    definition = importlib.util.spec_from_file_location("mlgate_engine_worker", path)
    if definition is None or definition.loader is None:
        raise ImportError(f"{path} is no module")
    module = importlib.util.module_from_spec(definition)
    sys.modules["mlgate_engine_worker"] = module
    definition.loader.exec_module(module)
    return module.answer


def plain(value: Any) -> Any:
    """`value` in JSON's types; a number that is not finite is null, anything unknown its text."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return plain(value.item())
    if isinstance(value, (int, float)):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return str(value)


def confine(bounds: dict[str, Any], network_filter: str, parent: int) -> list[str]:
    """Take the bounds on, for good; what this platform does not offer is returned, in words."""
    lacks = [] if limit(bounds) else ["memory and the size of files"]
    if not sys.platform.startswith("linux"):
        return [*lacks, "the network"]
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # the gate is gone
    if not network_filter or not without_network(libc, bytes.fromhex(network_filter)):
        lacks.append("the network")
    return lacks


def limit(bounds: dict[str, Any]) -> bool:
    """Bound memory, files and processor time."""
    try:
        import resource
    except ImportError:
        return False
    for kind, most in (
        ("RLIMIT_DATA", bounds["memory"]),
        ("RLIMIT_FSIZE", bounds["output"]),
        ("RLIMIT_CORE", 0),
    ):
        hard = resource.getrlimit(getattr(resource, kind))[1]
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(getattr(resource, kind), (value, value))
    return True


def without_network(libc: Any, code: bytes) -> bool:
    """Hand the kernel the filter that the gate wrote; False where it takes none."""

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))

    program = Program(len(code) // 8, code)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_SECCOMP, _FILTER_MODE, ctypes.byref(program), 0, 0) == 0)


if __name__ == "__main__":
    if sys.path and os.path.abspath(sys.path[0]) == os.path.dirname(os.path.abspath(__file__)):
        del sys.path[0]  # this folder holds modules of mlgate
    sys.exit(main(sys.argv[1]))
