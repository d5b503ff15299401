"""The model's own answers, computed in a confined process of their own from the files that are served."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate import ModelError
from mlgate_load.serving.loading import load, predict

if TYPE_CHECKING:
    from mlgate.sandbox.frames import Frame

_SERVER = "mlgate_load.serving.own:OwnAnswers"
_MOST_PER_ROW = 1 << 16
_MOST = 16 << 20


def own_answers(model: Path, rows: Sequence[Mapping[str, Any]], patience: float) -> list[Any]:
    """One answer per row, as JSON holds them. Raises `ModelError` where the model gives none in time."""
    import polars as pl

    from mlgate.sandbox.child import Child, ChildFailed
    from mlgate.sandbox.limits import Limits
    from mlgate.sandbox.reach import module_path

    table = BytesIO()
    pl.DataFrame(rows, infer_schema_length=None).write_parquet(table)
    try:
        child = Child(_SERVER, [model], module_path(), replace(Limits.of_machine(), seconds=patience))
        try:
            frame = child.ask({"model": str(model)}, [table.getvalue()], most=_MOST + _MOST_PER_ROW * len(rows))
        finally:
            child.close()
    except ChildFailed as failure:
        raise ModelError(f"The model's process {failure} when it was asked for its own answers.") from failure
    return _listed(frame)


def _listed(frame: Frame) -> list[Any]:
    if "raised" in frame.header:
        raise ModelError(f"The model gave no answers of its own: {str(frame.header['raised'])[:300]}.")
    try:
        answers = json.loads(bytes(frame.payload))
    except (ValueError, RecursionError):
        answers = None
    if not isinstance(answers, list):
        raise ModelError("The model's process answered with what is no list of answers.")
    return answers


class OwnAnswers:
    """The confined side: opens the model, asks it once, answers what it said."""

    def __call__(self, request: Frame) -> tuple[dict[str, Any], list[bytes]]:
        try:
            answers = _answers(Path(request.header["model"]), bytes(request.payload))
            return {}, [json.dumps(answers).encode()]
        except (Exception, SystemExit) as error:
            return {"raised": f"{type(error).__name__}: {error}"}, []


def _answers(model: Path, table: bytes) -> list[Any]:
    import pandas as pd

    rows = pd.read_parquet(BytesIO(table))
    return _of_mlflow(model, rows) if (model / "MLmodel").is_file() else predict(load(model), rows)


def _of_mlflow(model: Path, rows: Any) -> list[Any]:
    """What `mlflow.pyfunc` answers, in the types of the signature."""
    import mlflow.pyfunc
    import numpy as np
    import pandas as pd

    loaded = mlflow.pyfunc.load_model(str(model))
    schema = loaded.metadata.get_input_schema()
    if schema is not None and schema.has_input_names():
        wanted = dict(zip(schema.input_names(), schema.pandas_types(), strict=True))
        rows = rows.astype(
            {name: kind for name, kind in wanted.items() if name in rows and rows[name].dtype.kind in "iuf"}
        )
    answer = loaded.predict(rows)
    if isinstance(answer, pd.DataFrame):
        listed = answer.to_dict(orient="records")
        return [next(iter(each.values())) if len(each) == 1 else each for each in listed]
    found: list[Any] = np.asarray(answer).tolist()
    return found
