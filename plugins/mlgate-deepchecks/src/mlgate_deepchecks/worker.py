"""Runs deepchecks' tabular checks, under deepchecks' own pins: this file is never imported by mlgate.

It is started as a program of its own, by mlgate's engines, in the environment that `pins.txt` describes. It is asked
for checks by their class names and answers what deepchecks itself measured, in JSON's types. The model never enters:
its answers stand in the tables, as columns.
"""

from __future__ import annotations

import inspect
import random
import time
import traceback
import warnings
from collections.abc import Callable, Mapping
from typing import Any

PREDICTION = "mlgate:prediction"
PROBABILITY = "mlgate:probability:"
LONGEST = 1000
CONDITION = "add_condition_"
_DOES_NOT_APPLY = ("DeepchecksNotSupportedError", "NotEnoughSamplesError", "DatasetValidationError")
Emit = Callable[[Mapping[str, Any]], None]


class Misspelt(Exception):
    """A name in the gate file that deepchecks does not have; the text is the whole sentence."""


def answer(body: Mapping[str, Any], tables: Mapping[str, str], emit: Emit) -> None:
    """One `{"started": id}` per check before it runs, and one `{"finished": id, "results": [...]}` after."""
    warnings.simplefilter("ignore")
    from deepchecks.tabular import checks

    if body.get("describe"):
        emit(described(checks))
        return
    data = Data(body, tables)
    for asked in body["checks"]:
        emit({"started": asked["id"]})
        started = time.perf_counter()
        results = run(asked, checks, data)
        emit({"finished": asked["id"], "results": results, "seconds": time.perf_counter() - started})


def described(checks: Any) -> Mapping[str, Any]:
    """The version, and of each check its own summary, parameters and conditions."""
    import deepchecks

    classes = {name: each for name, each in vars(checks).items() if inspect.isclass(each)}
    return {
        "version": deepchecks.__version__,
        "checks": {
            name: {
                "summary": " ".join((inspect.getdoc(each) or "").partition("\n\n")[0].split()),
                "parameters": parameters(each),
                "conditions": {name: parameters(getattr(each, CONDITION + name)) for name in conditions(each)},
            }
            for name, each in classes.items()
        },
    }


def parameters(function: Any) -> list[str]:
    """The names that it takes, `**kwargs` left out: deepchecks would swallow a misspelt one."""
    function = function.__init__ if inspect.isclass(function) else function
    named = inspect.signature(function).parameters.values()
    return [
        each.name for each in named if each.name != "self" and each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
    ]


def conditions(kind: Any) -> list[str]:
    return sorted(name[len(CONDITION) :] for name in dir(kind) if name.startswith(CONDITION))


class Data:
    """The tables as deepchecks' datasets, with the model's answers beside them."""

    def __init__(self, body: Mapping[str, Any], tables: Mapping[str, str]) -> None:
        self.answers: dict[str, Any] = {}
        self.names = [name for name in ("train", "test") if name in tables]
        self.datasets: dict[str, Any] = {}
        start = 0
        for name in self.names:
            frame = read(tables[name])
            frame.index = range(start, start + len(frame))  # its stand-in model looks rows up by index
            start += len(frame)
            self.datasets[name] = self._dataset(name, frame, body)
        self.classes = body.get("classes")

    def _dataset(self, name: str, frame: Any, body: Mapping[str, Any]) -> Any:
        from deepchecks.tabular import Dataset

        probabilities = [column for column in frame.columns if str(column).startswith(PROBABILITY)]
        if PREDICTION in frame.columns:
            self.answers[f"y_pred_{name}"] = frame[PREDICTION].to_numpy()
        if probabilities:
            self.answers[f"y_proba_{name}"] = frame[probabilities].to_numpy()
        frame = frame.drop(columns=[PREDICTION, *probabilities], errors="ignore")
        roles = {"index_name": body.get("index"), "datetime_name": body.get("datetime")}
        given = {role: column for role, column in roles.items() if column is not None}
        label = {"label": body["label"], "label_type": body["task"]} if body.get("label") else {}
        own = [*given.values(), body.get("label"), *body.get("left_out", [])]
        features = [column for column in frame.columns if column not in own]
        categorical = body.get("categorical")
        kept = None if categorical is None else [column for column in categorical if column in features]
        return Dataset(frame, features=features, cat_features=kept, dataset_name=name.title(), **label, **given)

    def run(self, check: Any) -> list[Any]:
        """deepchecks' own results of one check. A single table goes in as its training table."""
        from deepchecks.tabular import Suite

        found = [self.datasets[name] for name in self.names]
        answers = self.answers
        if len(found) == 1:
            answers = {name.replace("_test", "_train"): value for name, value in answers.items()}
        classes = {"model_classes": self.classes} if self.classes and answers else {}
        suite = Suite("mlgate", check)
        return list(suite.run(*found, with_display=False, **answers, **classes).results)


def read(path: str) -> Any:
    """An Arrow stream as a pandas frame; what is encoded as a dictionary is text again."""
    import pyarrow as pa

    with pa.ipc.open_stream(path) as stream:
        table = stream.read_all()
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(place, field.name, table.column(place).cast(field.type.value_type))
    return table.to_pandas(date_as_object=False)


def run(asked: Mapping[str, Any], checks: Any, data: Data) -> list[Mapping[str, Any]]:
    """The results of one check; what it raises is one."""
    import numpy as np

    random.seed(asked["seed"])
    np.random.seed(asked["seed"])
    try:
        check = made(asked, checks)
    except Misspelt as mistake:
        return [
            {"status": "failed", "table": None, "kind": None, "reason": str(mistake), "applies": True, "where": None}
        ]
    except Exception as error:
        return [failed(error, None)]
    try:
        found = data.run(check)
    except MemoryError:
        raise
    except Exception as error:  # a dataset that deepchecks refuses
        return [failed(error, None)]
    single = len(data.names) == 1
    return [told(each, data.names[0] if single else None) for each in found]


def made(asked: Mapping[str, Any], checks: Any) -> Any:
    """The check with its parameters, and with deepchecks' own conditions where none are stated."""
    kind = getattr(checks, asked["name"])
    given = dict(asked["params"])
    refuse_unknown(given, parameters(kind), f"{asked['name']} has no parameter")
    if "random_state" in parameters(kind):
        given.setdefault("random_state", asked["seed"])
    stated = asked.get("conditions")
    if stated is None:
        return by_default(kind, given)
    check = kind(**given)
    refuse_unknown(stated, conditions(kind), f"{asked['name']} has no condition")
    for name, arguments in stated.items():
        condition = getattr(check, CONDITION + name)
        refuse_unknown(arguments, parameters(condition), f"the condition {name} has no parameter")
        condition(**arguments)
    return check


def by_default(kind: Any, given: Mapping[str, Any]) -> Any:
    """The check as the suite of all checks has it; one that is in no suite has no conditions."""
    from deepchecks.tabular.suites import full_suite

    if not any(type(each) is kind for each in full_suite().checks.values()):
        return kind(**given)
    return next(each for each in full_suite(**given).checks.values() if type(each) is kind)


def refuse_unknown(given: Mapping[str, Any], known: list[str], said: str) -> None:
    for name in given:
        if name not in known:
            raise Misspelt(f"{said} {name!r}; it has: {', '.join(known) or 'none'}")


def told(result: Any, table: str | None) -> Mapping[str, Any]:
    """One result of deepchecks, in JSON's types. `table` is the one that it is about, where there is only one."""
    if hasattr(result, "exception"):
        return failed(result.exception, table or table_in(result.header or ""))
    return {
        "status": "measured",
        "table": table or table_in(result.get_header()),
        "numbers": numbers(result),
        "conditions": [
            {"name": each.name, "category": each.category.value, "details": str(each.details)}
            for each in result.conditions_results
        ],
        "value": jsonable(result.value),
        "sample": getattr(result.check, "n_samples", None),
    }


def table_in(header: str) -> str | None:
    for name in ("Train", "Test"):
        if header.endswith(f"- {name} Dataset"):
            return name.lower()
    return None


def failed(error: BaseException | str, table: str | None) -> Mapping[str, Any]:
    """What kept a check from running; `applies` is False where it has nothing to look at here."""
    kind = type(error).__name__
    said = " ".join(str(error).split()) or kind
    applies = not ("irrelevant" in said.lower() or kind in _DOES_NOT_APPLY)
    frames = traceback.extract_tb(error.__traceback__) if isinstance(error, BaseException) else []
    inside = [frame for frame in frames if "site-packages" in frame.filename]
    where = f"{inside[-1].filename.rpartition('site-packages/')[2]}:{inside[-1].lineno}" if inside else None
    return {"status": "failed", "table": table, "kind": kind, "reason": said[:500], "applies": applies, "where": where}


def numbers(result: Any) -> Mapping[str, float]:
    """The numbers of a result that a rule can name: deepchecks' own reduction, else what its value plainly holds."""
    try:
        return plain_numbers(result.reduce_output())
    except Exception:
        return plain_numbers(result.value)


def plain_numbers(value: Any) -> Mapping[str, float]:
    import pandas as pd

    if is_number(value):
        return {"": float(value)}
    if isinstance(value, pd.DataFrame):
        return scores(value)
    if isinstance(value, (dict, pd.Series)):
        return {str(name): float(number) for name, number in value.items() if is_number(number)}
    return {}


def scores(frame: Any) -> Mapping[str, float]:
    """A table of metrics: the name of each is its data set, its metric and its class."""
    if not {"Metric", "Value"} <= set(frame.columns):
        return {}
    named = [column for column in ("Dataset", "Model", "Metric", "Class") if column in frame.columns]
    rows = frame.to_dict("records")
    return {
        " ".join(str(row[column]) for column in named if row[column] == row[column]): float(row["Value"])
        for row in rows
        if is_number(row["Value"])
    }


def is_number(value: Any) -> bool:
    import numpy as np

    return (
        isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool) and np.isfinite(value)
    )


def jsonable(value: Any) -> Any:
    """`value` with frames as rows, arrays as lists and keys as text; of what is very long only the beginning."""
    import numpy as np
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        return [jsonable(row) for row in value.head(LONGEST).reset_index().to_dict("records")]
    if isinstance(value, (pd.Series, dict)):
        return {str(key): jsonable(item) for key, item in list(value.items())[:LONGEST]}
    if isinstance(value, np.ndarray):
        return jsonable(value.tolist())
    if isinstance(value, (list, tuple, set, frozenset, pd.Index)):
        return [jsonable(item) for item in list(value)[:LONGEST]]
    if isinstance(value, np.generic):
        return value.item()
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
