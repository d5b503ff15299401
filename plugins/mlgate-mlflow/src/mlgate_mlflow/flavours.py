"""Load the model in an MLflow folder, natively where that gives scores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mlgate import Model, ModelError, adapt, load_skops
from mlgate_mlflow.signature import as_signed, features_of

_SKOPS = {"sklearn": "pickled_model", "lightgbm": "data"}
"""The flavours that may keep a model in skops' format, and the field that names its file."""


def load(folder: Path, uri: str) -> Model:
    """The model behind `mlgate`'s protocol. Raises `ModelError` for an MLmodel that says nothing to open.

    A model in skops' format is opened with mlgate's list of trusted types, never with the one that the model brings
    along.
    """
    import yaml

    content = yaml.safe_load((folder / "MLmodel").read_text(encoding="utf-8"))
    flavours = content.get("flavors") or {}
    features = features_of(content.get("signature"))
    for name, field in _SKOPS.items():
        flavour = flavours.get(name) or {}
        if flavour.get("serialization_format") == "skops":
            return adapt(load_skops(folder / str(flavour[field]), uri), features)
    if "sklearn" in flavours:
        return adapt(_sklearn(folder), features)
    if "python_function" not in flavours:
        raise ModelError(
            f"The model {uri} has the flavours {', '.join(sorted(flavours)) or 'none'}, and not python_function.",
            hint="Log it with a flavour that can predict from Python.",
        )
    return adapt(_pyfunc(folder), features)


def _sklearn(folder: Path) -> object:
    import mlflow.sklearn

    return mlflow.sklearn.load_model(str(folder))


def _pyfunc(folder: Path) -> object:
    """The model's own estimator where it gives scores (XGBoost, LightGBM), else MLflow's predict function.

    `classes_` on a user's own model names the classes of the scores that its `predict` gives.
    """
    import mlflow.pyfunc

    model = mlflow.pyfunc.load_model(str(folder))
    raw = _unwrapped(model.get_raw_model)
    if callable(getattr(raw, "predict_proba", None)):
        return raw
    schema = model.metadata.get_input_schema()

    def predict(rows: Any) -> Any:
        return model.predict(as_signed(rows, schema))

    predict.classes_ = getattr(_unwrapped(model.unwrap_python_model), "classes_", None)  # type: ignore[attr-defined]
    return predict


def _unwrapped(unwrap: Callable[[], object]) -> object:
    try:
        return unwrap()
    except Exception:  # a flavour that has nothing to unwrap raises what it likes
        return None
