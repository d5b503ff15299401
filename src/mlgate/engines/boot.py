"""The first thing that runs in an engine's environment: load the worker, write its answers.

This file runs under the engine's Python, by its path, in a process that is confined already. It imports nothing of
mlgate and nothing but the standard library; `protocol.py` says what it reads and writes.
"""

from __future__ import annotations

import importlib.util
import json
import math
import os
import sys
from typing import Any

PROTOCOL = 1


def main(folder: str) -> int:
    """Answer the request in `folder`."""
    with open(os.path.join(folder, "request.json"), encoding="utf-8") as file:
        request = json.load(file)
    with open(os.path.join(folder, "answer.jsonl"), "w", encoding="utf-8") as answers:

        def write(tree: dict[str, Any]) -> None:
            answers.write(json.dumps(tree, allow_nan=False) + "\n")
            answers.flush()  # what was answered outlives this process

        write({"protocol": PROTOCOL})
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


if __name__ == "__main__":
    if sys.path and os.path.abspath(sys.path[0]) == os.path.dirname(os.path.abspath(__file__)):
        del sys.path[0]  # this folder holds modules of mlgate
    sys.exit(main(sys.argv[1]))
