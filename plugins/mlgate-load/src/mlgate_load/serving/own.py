"""The model's own answers, computed in a process of its own from the files that are served, and without a server."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from mlgate import ModelError
from mlgate_load.processes import Owned
from mlgate_load.serving.server import environment


def own_answers(model: Path, rows: Sequence[Mapping[str, Any]], patience: float) -> list[Any]:
    """One answer per row, as JSON holds them. Raises `ModelError` where the model gives none in time."""
    import polars as pl

    home = Path(mkdtemp(prefix="mlgate-serving-"))
    try:
        pl.DataFrame(rows, infer_schema_length=None).write_parquet(home / "rows.parquet")
        command = [sys.executable, "-m", "mlgate_load.serving.own_main", str(model), str(home)]
        with (home / "log").open("w+b") as log, Owned(command, log=log, env=environment(home), cwd=str(home)) as owned:
            try:
                owned.process.wait(patience)
            except subprocess.TimeoutExpired:
                raise ModelError(f"The model gave no answers of its own within {patience:g} s.") from None
        if not (home / "answers.json").is_file():
            said = (home / "log").read_text("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
            raise ModelError(f"The model gave no answers of its own: {said[0][:300]}")
        answers: list[Any] = json.loads((home / "answers.json").read_bytes())
        return answers
    finally:
        shutil.rmtree(home, ignore_errors=True)
