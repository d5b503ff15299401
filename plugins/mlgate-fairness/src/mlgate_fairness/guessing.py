"""A classifier that guesses the group of every row from its features, and how well it does on rows it did not see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlgate import NotApplicable, SliceMeasurement
from mlgate.tabular import Columns, Predictions, Table, Task, score
from mlgate_fairness.drawing import SEED, drawn
from mlgate_fairness.values import Numbers

if TYPE_CHECKING:
    import polars as pl

    from mlgate.tabular import ScoredTable
    from mlgate.tabular.grouping import Groups

_FOLDS = 5
_CODES = 200
_NAMED = 5
_WORTH_NAMING = 0.01
_MEMBER = "member of the group"


@dataclass(frozen=True, slots=True)
class Guess:
    """One group guessed against all others; `column` is the sensitive column, `told` the columns that help most."""

    column: str
    measured: SliceMeasurement
    told: tuple[str, ...]


def helpers(found: Sequence[Guess]) -> dict[str, tuple[str, ...]]:
    """By sensitive column, the columns that give its groups away."""
    return {guess.column: guess.told for guess in found}


@dataclass(frozen=True, slots=True)
class Guessing:
    """The rows to learn from, the features as numbers, and the fold of every row."""

    frame: pl.DataFrame
    places: NDArray[np.intp]
    features: Numbers
    names: tuple[str, ...]
    folds: NDArray[np.int64]
    roles: Columns

    @property
    def height(self) -> int:
        return self.frame.height

    @classmethod
    def of(cls, scored: ScoredTable, most: int) -> Guessing:
        """Raises `NotApplicable` where no column is left to guess from."""
        places = drawn(scored.rows, most)
        frame = scored.table.take(places)
        roles = scored.columns
        withheld = {roles.label, roles.entity, roles.weight, roles.time, *roles.sensitive}
        coded = dict(_coded(frame.drop(name for name in withheld if name in frame.columns)))
        if not coded:
            raise NotApplicable("There is no column to guess a sensitive attribute from.")
        owner = frame.get_column(roles.entity) if roles.entity else None
        features = np.column_stack(list(coded.values()))
        return cls(frame, places, features, tuple(coded), _folds(frame.height, owner), roles)

    def about(self, column: str, groups: Groups, min_rows: int) -> Iterator[Guess]:
        """Every group of `column` that is large enough against all others; of two groups one says it all."""
        codes = groups.codes[self.places].astype(np.intp)
        sizes = np.bincount(codes, minlength=groups.count)
        large = np.flatnonzero(sizes >= min_rows)
        if len(large) < 2:
            return
        kept = np.isin(codes, large)
        chances, told = _chances(self.features[kept], codes[kept], self.folds[kept], self.names)
        asked = large[:1] if len(large) == 2 else large
        for group in asked.tolist():
            place = int(np.searchsorted(large, group))
            yield Guess(column, self._measured(groups.keys[group], codes[kept] == group, chances[:, place], kept), told)

    def _measured(
        self, keys: Any, member: NDArray[np.bool_], chance: Numbers, kept: NDArray[np.bool_]
    ) -> SliceMeasurement:
        import polars as pl

        roles = Columns(label=_MEMBER, positive=True, entity=self.roles.entity, weight=self.roles.weight)
        rows = self.frame.filter(pl.Series(kept))
        held = [rows.get_column(name) for name in (roles.entity, roles.weight) if name is not None]
        frame = pl.DataFrame([pl.Series(_MEMBER, member), *held])
        answers = Predictions.scores(np.column_stack((1 - chance, chance)), (False, True))
        auc = score(Table.of(frame), roles, Task.BINARY, answers).metric("roc_auc")
        return SliceMeasurement(keys, auc)


def _folds(rows: int, owner: pl.Series | None) -> NDArray[np.int64]:
    """The fold of every row; all rows of one owner are in one."""
    random = np.random.default_rng(SEED)
    if owner is None:
        return random.permutation(np.arange(rows) % _FOLDS)
    _, place = np.unique(owner.hash(seed=0).to_numpy(), return_inverse=True)
    found: NDArray[np.int64] = random.permutation(np.arange(int(place.max()) + 1) % _FOLDS)[place]
    return found


def _chances(
    features: Numbers, codes: NDArray[np.intp], folds: NDArray[np.int64], names: Sequence[str]
) -> tuple[Numbers, tuple[str, ...]]:
    """The chance of every group for every row, by a model that did not learn from it, and the columns that help."""
    from threadpoolctl import threadpool_limits

    classes = np.unique(codes)
    chances = np.zeros((len(codes), len(classes)))
    told: tuple[str, ...] = ()
    with threadpool_limits(limits=1):  # so few rows are no work for many threads
        for fold in np.unique(folds).tolist():
            out = folds == fold
            if out.all():
                continue
            model = _fitted(features[~out], codes[~out])
            chances[np.ix_(out, np.searchsorted(classes, model.classes_))] = model.predict_proba(features[out])
            told = told or _telling(model, features[out], codes[out], names)
    return chances, told


def _fitted(features: Numbers, codes: NDArray[np.intp]) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=40, max_leaf_nodes=8, min_samples_leaf=20, early_stopping=False, random_state=SEED
    )
    return model.fit(features, codes)


def _telling(model: Any, features: Numbers, codes: NDArray[np.intp], names: Sequence[str]) -> tuple[str, ...]:
    """The columns whose shuffling costs most accuracy on held-out rows (permutation importance, Breiman 2001)."""
    from sklearn.inspection import permutation_importance

    found = permutation_importance(model, features, codes, n_repeats=1, random_state=SEED)
    ranked = np.argsort(-found.importances_mean)[:_NAMED]
    return tuple(names[place] for place in ranked.tolist() if found.importances_mean[place] > _WORTH_NAMING)


def _coded(frame: pl.DataFrame) -> Iterator[tuple[str, Numbers]]:
    """Every column as numbers: text as codes by frequency, the rare ones as one; what holds no single value is left."""
    import polars as pl

    for series in frame:
        if series.dtype.is_numeric() or series.dtype.is_temporal() or series.dtype == pl.Boolean:
            physical = series.to_physical() if series.dtype.is_temporal() else series
            numbers: Numbers = physical.cast(pl.Float64).fill_null(float("nan")).to_numpy()
            yield series.name, np.where(np.isfinite(numbers), numbers, np.nan)
        elif series.dtype in (pl.String, pl.Categorical, pl.Enum):
            yield series.name, _by_frequency(series)


def _by_frequency(series: pl.Series) -> Numbers:
    import polars as pl

    text = series.cast(pl.String).alias("text").to_frame()
    ranks = text.drop_nulls().group_by("text").len().sort(["len", "text"], descending=[True, False])
    ranked = ranks.with_row_index("rank").select("text", pl.col("rank").cast(pl.Float64).clip(upper_bound=_CODES))
    found: Numbers = text.join(ranked, on="text", how="left", maintain_order="left")["rank"].to_numpy()
    return found
