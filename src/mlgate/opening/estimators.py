"""Estimators and functions behind the protocol of models: rows in as pandas or numpy, scores or labels out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

from mlgate.errors import ModelError
from mlgate.opening.outputs import predictions_of, scores_of
from mlgate.opening.threads import jobs_set
from mlgate.rules.numbers import some
from mlgate.spec import Feature
from mlgate.tabular import Predictions, Table


class EstimatorModel:
    """An estimator in scikit-learn's manner.

    Scores come from `predict_proba`; a classifier without it gives labels, since a decision function is no
    probability; a regressor gives numbers.
    """

    def __init__(self, estimator: Any, features: tuple[Feature, ...] | None = None) -> None:
        self._estimator = estimator
        names = getattr(estimator, "feature_names_in_", None)
        self._named = names is not None
        self._features = features if names is None else _fitted_on(names, features)

    @property
    def features(self) -> tuple[Feature, ...] | None:
        """The columns of the signature, or those that the estimator was fitted on."""
        return self._features

    def predict(self, table: Table) -> Predictions:
        """Predictions for every row of `table`, in its order."""
        return self.answer(self.rows(table))

    def with_jobs(self, jobs: int) -> AbstractContextManager[None]:
        """So many jobs in every step of the estimator within the block."""
        return jobs_set(self._estimator, jobs)

    def answer(self, rows: Any) -> Predictions:
        """Predictions for what `rows` made."""
        if hasattr(self._estimator, "predict_proba"):
            return scores_of(self._estimator.predict_proba(rows), self._classes())
        output = self._estimator.predict(rows)
        if hasattr(self._estimator, "classes_"):
            return _labels(output)
        return _numbers(output) if _is_regressor(self._estimator) else predictions_of(output)

    def rows(self, table: Table) -> Any:
        """A data frame for an estimator that knows names, an array for one that does not."""
        if self._named:
            return to_pandas(table, self._features)[list(self._estimator.feature_names_in_)]
        expected = getattr(self._estimator, "n_features_in_", None)
        if expected is None:
            return to_pandas(table, self._features)
        names = _present(table, self._features) or list(table.columns)
        if expected != len(names):
            raise ModelError(
                f"The model was fitted on {expected} columns without names and gets {len(names)}: {some(names)}.",
                hint="Fit it on a data frame, so that it knows its columns by name.",
            )
        return table.collect(names).to_numpy()

    def _classes(self) -> tuple[object, ...]:
        classes = getattr(self._estimator, "classes_", None)
        if classes is None:
            raise ModelError(
                f"The model ({type(self._estimator).__name__}) gives scores and does not say of which classes.",
                hint="Give it an attribute `classes_` with the labels in the order of the columns.",
            )
        return tuple(classes)


class CallableModel:
    """A function from a pandas data frame to scores, labels or numbers; `classes_` on it names the columns."""

    def __init__(self, function: Callable[..., Any], features: tuple[Feature, ...] | None = None) -> None:
        self._function = function
        self._features = features if features is not None else _named(getattr(function, "feature_names_in_", None))

    @property
    def features(self) -> tuple[Feature, ...] | None:
        """The columns of the signature, or of `feature_names_in_` on the function."""
        return self._features

    def predict(self, table: Table) -> Predictions:
        """What the function gives for the table's rows."""
        return self.answer(self.rows(table))

    def rows(self, table: Table) -> Any:
        """The data frame that the function is handed."""
        return to_pandas(table, self._features)

    def answer(self, rows: Any) -> Predictions:
        """What the function gives for a data frame."""
        return predictions_of(self._function(rows), getattr(self._function, "classes_", None))


def to_pandas(table: Table, features: tuple[Feature, ...] | None) -> Any:
    """The rows as pandas reads them from Parquet; the model's columns in its order, or all of them."""
    try:
        return table.collect(_present(table, features)).to_pandas()
    except ModuleNotFoundError as error:
        raise ModelError(
            f"The model takes pandas data frames, and {error.name} is not installed.",
            hint="`pip install pandas pyarrow`.",
        ) from error


def _present(table: Table, features: tuple[Feature, ...] | None) -> list[str] | None:
    return None if features is None else [each.name for each in features if each.name in table.schema]


def _fitted_on(names: Iterable[object], signature: tuple[Feature, ...] | None) -> tuple[Feature, ...]:
    """The columns that the estimator insists on; a signature can only say what they hold."""
    kinds = {each.name: each.kind for each in signature or ()}
    return tuple(Feature(str(name), kinds.get(str(name))) for name in names)


def _named(names: Any) -> tuple[Feature, ...] | None:
    return None if names is None else tuple(Feature(str(name)) for name in names)


def _labels(output: Any) -> Predictions:
    import numpy as np

    return Predictions.labels(np.asarray(output))


def _numbers(output: Any) -> Predictions:
    import numpy as np

    array = np.asarray(output)
    return Predictions.numbers(array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array)


def _is_regressor(estimator: Any) -> bool:
    if getattr(estimator, "_estimator_type", None) == "regressor":
        return True
    tags = getattr(estimator, "__sklearn_tags__", None)
    return tags is not None and getattr(tags(), "estimator_type", None) == "regressor"
