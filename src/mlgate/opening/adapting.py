"""Make a `Model` of what a model file or a factory holds: an estimator, a function, or a model already."""

from __future__ import annotations

from mlgate.errors import ModelError
from mlgate.spec import Feature, Model


def adapt(model: object, features: tuple[Feature, ...] | None = None) -> Model:
    """The model behind `mlgate`'s protocol.

    `model` is an estimator in scikit-learn's manner (`predict`, and `predict_proba` for scores), a function from a
    pandas data frame to scores, labels or numbers, or has `features` and `predict` of `mlgate.Model` already.
    `features` are the columns that it reads, where something knows them; an estimator's `feature_names_in_` is used
    without them. Raises `ModelError` for anything else.
    """
    from mlgate.opening.estimators import CallableModel, EstimatorModel

    if _is_model(model):
        return model  # type: ignore[return-value]
    if callable(getattr(model, "predict", None)) and not isinstance(model, type):
        return EstimatorModel(model, features)
    if callable(model) and not isinstance(model, type):
        return CallableModel(model, features)
    raise ModelError(
        f"A {_kind(model)} is not a model: it has no `predict` and can't be called.",
        hint="Hand over an estimator in scikit-learn's manner, or a function from a data frame to scores.",
    )


def _is_model(model: object) -> bool:
    return hasattr(type(model), "features") and callable(getattr(model, "predict", None))


def _kind(model: object) -> str:
    return f"class ({model.__name__})" if isinstance(model, type) else type(model).__name__
