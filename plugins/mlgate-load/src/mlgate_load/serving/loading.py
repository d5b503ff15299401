"""A served file, opened in the server's process: what answers is the estimator's own `predict`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlgate import load_skops


def load(path: Path) -> Any:
    """The estimator in a .skops, .joblib or .pkl file. The gate has scanned it before this process was started."""
    if path.suffix == ".skops":
        return load_skops(path, str(path))
    import joblib

    return joblib.load(path)


def predict(estimator: Any, rows: Any) -> list[Any]:
    """Its answers for a data frame, as JSON holds them."""
    import numpy as np

    names = getattr(estimator, "feature_names_in_", None)
    asked = rows[list(names)] if names is not None else rows.to_numpy()
    answer = estimator.predict(asked) if hasattr(estimator, "predict") else estimator(rows)
    listed: list[Any] = np.asarray(answer).tolist()
    return listed
