"""Reads the tables as the plugin's worker does, and tells the CPU seconds. See `deepchecks_overhead.py`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any


def answer(body: Mapping[str, Any], tables: Mapping[str, str], emit: Callable[[Mapping[str, Any]], None]) -> None:
    """One result that passes, for the check that is asked for."""
    before, clock = time.process_time(), time.perf_counter()
    import pandas  # noqa: F401
    import pyarrow as pa

    imports = time.perf_counter() - clock
    started = time.process_time()
    for path in tables.values():
        with pa.ipc.open_stream(path) as stream:
            stream.read_all().to_pandas(date_as_object=False)
    emit({"start": before, "read": time.process_time() - started, "imports": imports})
    for asked in body["checks"]:
        emit({"started": asked["id"]})
        condition = {"name": "toy", "category": "PASS", "details": ""}
        result: dict[str, Any] = {
            "status": "measured",
            "table": None,
            "numbers": {},
            "conditions": [condition],
            "value": {},
        }
        emit({"finished": asked["id"], "results": [result], "seconds": 0.0})
