"""Calls deepchecks itself, in its own environment, as its documentation shows: what our results are compared with.

    PYTHON directly.py FOLDER

FOLDER holds case.json, train.parquet and test.parquet with the columns `predicted` and, for classes, `p0`, `p1`, ...
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def main(folder: Path) -> None:
    warnings.simplefilter("ignore")
    import numpy as np
    import pandas as pd
    from deepchecks.tabular import Dataset
    from deepchecks.tabular.suites import full_suite

    case = json.loads((folder / "case.json").read_text())
    sets: list[Any] = []
    answers: dict[str, Any] = {}
    start = 0
    for side in ("train", "test"):
        rows = pd.read_parquet(folder / f"{side}.parquet")
        rows.index = np.arange(start, start + len(rows))
        start += len(rows)
        answers[f"y_pred_{side}"] = np.array(rows.pop("predicted"))
        scores = [f"p{place}" for place in range(len(case["classes"]))]
        if scores:
            answers[f"y_proba_{side}"] = rows[scores].to_numpy()
            rows = rows.drop(columns=scores)
        said = {"label": case["label"], "label_type": case["task"], "cat_features": case["categorical"]}
        sets.append(Dataset(rows, **said, **case["roles"]))
    np.random.seed(42)
    result = full_suite(random_state=42).run(
        *sets, model_classes=case["classes"] or None, with_display=False, **answers
    )
    print(json.dumps([told(each) for each in result.results]))


def told(result: Any) -> Mapping[str, Any]:
    if hasattr(result, "exception"):
        return {
            "check": type(result.check).__name__,
            "header": result.header,
            "raised": type(result.exception).__name__,
        }
    conditions = [[each.name, each.category.value, each.details] for each in result.conditions_results]
    name = type(result.check).__name__
    return {"check": name, "header": result.get_header(), "value": flat(result.value), "conditions": conditions}


def flat(value: Any) -> Mapping[str, Any]:
    """Every number and word of a value, by its path."""
    import numpy as np
    import pandas as pd

    found: dict[str, Any] = {}

    def walk(path: str, each: Any) -> None:
        if isinstance(each, pd.DataFrame):
            for place, row in enumerate(each.reset_index().to_dict("records")):
                walk(f"{path}/{place}", row)
        elif isinstance(each, (dict, pd.Series)):
            for key, item in each.items():
                walk(f"{path}/{key}", item)
        elif isinstance(each, (list, tuple, set, np.ndarray, pd.Index)):
            for place, item in enumerate(sorted(each, key=str) if isinstance(each, set) else each):
                walk(f"{path}/{place}", item)
        elif isinstance(each, (bool, np.bool_)):
            found[path] = bool(each)
        elif isinstance(each, (int, float, np.number)):
            found[path] = float(each) if np.isfinite(each) else None
        else:
            found[path] = None if each is None else str(each)

    walk("", value)
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
