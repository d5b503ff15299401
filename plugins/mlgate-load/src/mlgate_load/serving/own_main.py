"""`python -m mlgate_load.serving.own_main MODEL FOLDER`: FOLDER/rows.parquet in, FOLDER/answers.json out."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

from mlgate_load.serving.loading import load, predict
from mlgate_load.serving.watching import end_with_parent


def main(model: Path, folder: Path) -> None:
    """Open the model, ask it once, write what it said."""
    import pandas as pd

    threading.Thread(target=end_with_parent, daemon=True).start()
    sys.dont_write_bytecode = True
    rows = pd.read_parquet(folder / "rows.parquet")
    answers = _of_mlflow(model, rows) if (model / "MLmodel").is_file() else predict(load(model), rows)
    (folder / "answers.tmp").write_text(json.dumps(answers))
    (folder / "answers.tmp").rename(folder / "answers.json")


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


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
