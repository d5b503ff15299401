"""Stands in for deepchecks: answers what its name asks for, in the same words, without installing anything."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from typing import Any


def result(category: str | None = None, table: str | None = None, **numbers: float) -> Mapping[str, Any]:
    conditions = [{"name": "bound < 1", "category": category, "details": "Found 2"}] if category else []
    told = {"table": table, "numbers": numbers, "conditions": conditions, "value": {"seen": [1, 2]}, "sample": 10}
    return {"status": "measured", **told}


def failed(kind: str | None, reason: str, applies: bool, table: str | None = None) -> Mapping[str, Any]:
    return {"status": "failed", "table": table, "kind": kind, "reason": reason, "applies": applies, "where": "x.py:1"}


RESULTS = {
    "IsSingleValue": [result("PASS", "train", ratio=0.5), result("PASS", "test", ratio=0.25)],
    "MixedNulls": [result("WARN", "test")],
    "NewLabelTrainTest": [result("FAIL")],
    "DatasetsSizeComparison": [result("ERROR")],
    "ConfusionMatrixReport": [result(None, "test")],
    "LabelDrift": [result("PASS", None, **{"": 0.125})],
    "RegressionErrorDistribution": [failed("ModelValidationError", "Check is irrelevant for classification", False)],
    "DataDuplicates": [result("PASS", "train"), failed("ValueError", "no rows", True, "test")],
    "RocReport": [result("PASS", "test"), failed("NotEnoughSamplesError", "few", False, "train")],
    "FeatureDrift": [],
    "ClassImbalance": [failed(None, "ClassImbalance has no condition 'x'; it has: none", True)],
}


def answer(body: Mapping[str, Any], tables: Mapping[str, str], emit: Callable[[Mapping[str, Any]], None]) -> None:
    if body.get("describe"):
        emit(
            {
                "version": "0",
                "checks": {"FeatureDrift": {"summary": "Its own.", "parameters": ["a"], "conditions": {"c": ["b"]}}},
            }
        )
        return
    if os.environ.get("TOY") == "dies at once":
        os.kill(os.getpid(), signal.SIGKILL)
    for asked in body["checks"]:
        emit({"started": asked["id"]})
        mode = asked["params"].get("toy")
        if mode == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if mode == "memory":
            bytearray(64 << 30)
        if mode == "hang":
            time.sleep(60)
        if mode == "garbage":
            with open("answer.jsonl", "ab") as file:
                file.write(b"<html>\n")
            os._exit(0)
        emit({"finished": asked["id"], "results": RESULTS.get(asked["name"], [result("PASS")]), "seconds": 0.1})
