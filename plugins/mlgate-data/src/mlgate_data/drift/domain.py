"""A classifier that tells two tables apart, and how well it does on rows that it did not learn from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlgate import Estimate, Scale, Spread
from mlgate_data.drift.held import Floats
from mlgate_data.engine.kinds import Kind, kind_of

if TYPE_CHECKING:
    import polars as pl

_FOLDS = 5
_SEED = 0
_CODES = 200
_NAMED = 10
_WORTH_NAMING = 0.55
_LEAST_FALL = 0.005


@dataclass(frozen=True, slots=True)
class Apart:
    """The cross-fitted AUC; by how much it falls without a column, the most first; how many columns were drawn."""

    auc: Estimate
    falls: Mapping[str, float]
    drawn: int


def told_apart(before: pl.DataFrame, now: pl.DataFrame, most: int) -> Apart | None:
    """None where no column can be compared."""
    columns = dict(_columns(before, now))
    draw = np.random.default_rng(_SEED)
    if len(columns) > most:
        kept = np.sort(draw.choice(len(columns), most, replace=False))
        names = list(columns)
        columns = {names[place]: columns[names[place]] for place in kept}
    if not columns:
        return None
    features = np.column_stack(list(columns.values()))
    is_now = np.repeat([False, True], [before.height, now.height])
    folds = draw.permutation(np.arange(len(is_now)) % _FOLDS)
    with _one_thread():
        scores = np.zeros(len(is_now))
        models: list[tuple[Any, NDArray[np.bool_]]] = []
        for fold in range(_FOLDS):
            held_out = folds == fold
            models.append((_fitted(features[~held_out], is_now[~held_out]), held_out))
            scores[held_out] = models[-1][0].predict_proba(features[held_out])[:, 1]
        auc = auc_estimate(scores[is_now], scores[~is_now])
        falls = _falls(models[:2], features, is_now, list(columns), draw) if auc.value > _WORTH_NAMING else {}
    return Apart(auc, falls, len(columns))


def _one_thread() -> AbstractContextManager[object]:
    """So few rows are no work for many threads: they would spend ten times the time waiting for each other."""
    import sklearn.ensemble  # noqa: F401 - the limit holds for libraries that are loaded
    from threadpoolctl import threadpool_limits

    limit: AbstractContextManager[object] = threadpool_limits(limits=1)
    return limit


def auc_estimate(positive: Floats, negative: Floats) -> Estimate:
    """The AUC of two samples of scores with DeLong's standard error (1988, Biometrics 44, 837-845), on the logit."""
    above, below = _placements(positive, negative), 1 - _placements(negative, positive)
    value = float(above.mean())
    se = math.sqrt(float(above.var(ddof=1)) / len(above) + float(below.var(ddof=1)) / len(below))
    n = len(positive) + len(negative)
    if not 0 < value < 1:
        half = 1 / (2 * n)
        return Estimate(value, n, Spread("delong", half, centre=min(max(value, half), 1 - half)))
    return Estimate(value, n, Spread("delong", se / (value * (1 - value)), Scale.LOGIT))


def _placements(of: Floats, among: Floats) -> Floats:
    """The share of `among` that lies below each score, ties half."""
    ranked = np.sort(among)
    left, right = (np.searchsorted(ranked, of, side=side) for side in ("left", "right"))
    found: Floats = (left + right) / (2 * len(ranked))
    return found


def _fitted(features: Floats, is_now: NDArray[np.bool_]) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=40, max_leaf_nodes=8, min_samples_leaf=20, early_stopping=False, random_state=_SEED
    )
    return model.fit(features, is_now)


def _falls(
    models: list[tuple[Any, NDArray[np.bool_]]],
    features: Floats,
    is_now: NDArray[np.bool_],
    names: list[str],
    draw: np.random.Generator,
) -> dict[str, float]:
    """By how much the AUC on held-out rows falls when a column is shuffled (permutation importance, Breiman 2001)."""
    falls = np.zeros(len(names))
    for model, held_out in models:
        rows, truth = features[held_out], is_now[held_out]
        whole = _auc(model, rows, truth)
        for place in range(len(names)):
            shuffled = rows.copy()
            shuffled[:, place] = draw.permutation(shuffled[:, place])
            falls[place] += (whole - _auc(model, shuffled, truth)) / len(models)
    ranked = [place for place in np.argsort(-falls)[:_NAMED] if falls[place] > _LEAST_FALL]
    return {names[place]: round(float(falls[place]), 4) for place in ranked}


def _auc(model: Any, rows: Floats, truth: NDArray[np.bool_]) -> float:
    scores = model.predict_proba(rows)[:, 1]
    return float(_placements(scores[truth], scores[~truth]).mean())


def _columns(before: pl.DataFrame, now: pl.DataFrame) -> Iterator[tuple[str, Floats]]:
    """Every column of both as numbers: text as codes by frequency, missing values as NaN."""
    for name in now.columns:
        one, other = before.get_column(name), now.get_column(name)
        kind = kind_of(one.dtype)
        if kind is not kind_of(other.dtype) or (kind is Kind.TIME and one.dtype != other.dtype):
            continue
        if kind in (Kind.NUMBER, Kind.TIME):
            yield name, np.concatenate((_numbers(one), _numbers(other)))
        elif kind in (Kind.TEXT, Kind.BOOLEAN):
            codes = _codes([*one.to_list(), *other.to_list()])
            if codes is not None:
                yield name, codes


def _numbers(series: pl.Series) -> Floats:
    import polars as pl

    physical = series.to_physical() if series.dtype.is_temporal() else series
    found: Floats = physical.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return np.where(np.isfinite(found), found, np.nan)


def _codes(values: list[Any]) -> Floats | None:
    """Codes by frequency, one for all rare values; None where no value repeats."""
    texts = np.array(["" if value is None else str(value) for value in values])
    distinct, place, counts = np.unique(texts, return_inverse=True, return_counts=True)
    if counts.max() == 1:
        return None
    rank = np.empty(len(distinct))
    rank[np.lexsort((distinct, -counts))] = np.arange(len(distinct))
    codes = np.minimum(rank[place], float(_CODES))
    return np.where([value is None for value in values], np.nan, codes)
