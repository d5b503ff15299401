"""The metadata at the head of a model card: tags, and results as Hugging Face's `model-index` holds them.

https://github.com/huggingface/hub-docs/blob/main/modelcard.md; a result needs a task, a dataset and metrics with type
and value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlgate.reports.standing import Standing, standing
from mlgate.reports.terminal import harmless
from mlgate.results import DataSubject, Json, Record, Result

_UNRELATED = ("data", "security", "load")
"""Families that measure rows, files and servers: they say nothing of how the model predicts."""
_MARKUP = re.compile(r"[<>&`\[\]]")
_TASKS = {
    "tabular-classification": {"accuracy", "balanced_accuracy", "log_loss", "macro_f1", "mcc", "roc_auc"},
    "tabular-regression": {"bias", "mae", "r2", "rmse"},
}


def metadata(record: Record) -> str:
    """YAML in ASCII, whose every text is one line: nothing in it ends the block, or is markup to who knows none."""
    task = task_of(record)
    told: dict[str, Json] = {"tags": ["mlgate", *([] if task == "other" else [task])]}
    if task != "other":
        told["pipeline_tag"] = task
    test = record.facts.data.get("test")
    metrics: list[Json] = [_metric(result, record) for result in predictive(record)]
    if metrics and test is not None:
        index: dict[str, Json] = {"task": {"type": task}, "dataset": _dataset(test), "metrics": metrics}
        told["model-index"] = [{"name": name_of(record), "results": [index]}]
    return f"---\n{_yaml(told)}---\n"


def _yaml(told: Json) -> str:
    """A text with a sign of markup in it stands in double quotes, where YAML knows an escape for the sign."""
    import yaml

    base: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # libyaml's is ten times as fast

    class Dumper(base):  # type: ignore[valid-type, misc]
        pass

    def quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, '"' if _MARKUP.search(text) else None)

    Dumper.add_representer(str, quoted)
    dumped = yaml.dump(told, Dumper=Dumper, sort_keys=False, allow_unicode=False, width=10_000_000)
    return _MARKUP.sub(lambda sign: f"\\x{ord(sign[0]):02x}", dumped)


def name_of(record: Record) -> str:
    """The registered name, else the URI."""
    candidate = record.facts.candidate
    return harmless((candidate.name or candidate.uri) if candidate else "") or "a model without a name"


def task_of(record: Record) -> str:
    """In Hugging Face's words, by what could be measured: a metric of another task is skipped; else `other`."""
    measured = {
        result.check.removeprefix("performance.") for result in record.results if result.run.measurement is not None
    }
    return next((task for task, checks in _TASKS.items() if measured & checks), "other")


def predictive(record: Record) -> Iterator[Result]:
    """The checks that measured a number of the model itself, on rows that are evidence."""
    for result in record.results:
        measurement, family = result.run.measurement, result.check.partition(".")[0]
        if measurement is None or measurement.estimate is None or standing(result) is Standing.VOID:
            continue
        if family not in _UNRELATED and result.void is None:
            yield result


def _dataset(test: DataSubject) -> Json:
    told: dict[str, Json] = {"name": harmless(test.uri), "type": harmless(test.uri), "split": "test"}
    return told if test.digest is None else {**told, "revision": harmless(test.digest)}


def _metric(result: Result, record: Record) -> Json:
    measurement, confidence = result.run.measurement, record.facts.gate.confidence
    assert measurement is not None
    assert measurement.estimate is not None
    estimate = measurement.estimate
    about: dict[str, Json] = {"n": estimate.n, "unit": harmless(measurement.unit)}
    if estimate.spread is not None:
        interval = estimate.interval(confidence)
        about |= {"low": interval.low, "high": interval.high, "confidence": confidence}
    kind = harmless(result.check.partition(".")[2] or result.check)
    return {"type": kind, "value": estimate.value, "name": harmless(result.check), "args": about}
