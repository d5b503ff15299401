"""Models in skops' format, which names every type that it would build before it builds one."""

from __future__ import annotations

import zipfile
from pathlib import Path

from mlgate.errors import ModelError
from mlgate.opening.adapting import adapt
from mlgate.opening.modules import make_importable
from mlgate.opening.uris import names_file
from mlgate.rules.numbers import some
from mlgate.spec import LocatedModel, Model
from mlgate.tabular.pointers import FETCH, is_lfs_pointer

# skops 0.16 asks about these although building one runs none of the file's code: they are scikit-learn's and numpy's
# own containers of numbers. A malformed tree can crash this process, which denies; refusing every forest would send
# people to pickle, which can do anything.
REVIEWED = frozenset(
    {
        "numpy.dtype",
        "sklearn.calibration._CalibratedClassifier",
        "sklearn.calibration._SigmoidCalibration",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.metrics._dist_metrics.EuclideanDistance64",
        "sklearn.neighbors._ball_tree.BallTree",
        "sklearn.neighbors._kd_tree.KDTree",
        "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
        "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
        "sklearn.tree._tree.Tree",
        "sklearn.utils._bunch.Bunch",
    }
)


class SkopsOpener:
    """Opens `.skops` files whose types skops trusts, or that `trusted` names exactly."""

    accepts = "a .skops file"

    def __init__(self, trusted: frozenset[str] = REVIEWED) -> None:
        self._trusted = trusted

    def claims(self, uri: str) -> bool:
        """Whether `uri` is a path that ends in .skops."""
        return names_file(uri, ".skops")

    def locate(self, uri: str) -> LocatedModel:
        """The file at `uri`. Raises `ModelError` where there is none."""
        return located_file(uri)

    def open(self, model: LocatedModel) -> Model:
        """The estimator in the file. Raises `ModelError` that names the types that skops does not trust."""
        assert model.path is not None
        make_importable(Path.cwd())
        return adapt(load_skops(model.path, model.uri, self._trusted))


def load_skops(path: Path, uri: str, trusted: frozenset[str] = REVIEWED) -> object:
    """What the skops file of the model `uri` holds, if skops or `trusted` vouches for every type in it.

    Never the model's own list of trusted types. Raises `ModelError` that names the types nobody vouches for.
    """
    try:
        import skops.io
    except ModuleNotFoundError as error:
        raise ModelError(
            f"The model {uri} needs skops, which is not installed.", hint="`pip install skops`."
        ) from error
    if not zipfile.is_zipfile(path):
        raise ModelError(
            f"The model {uri} is named as skops' and is no zip archive, as a file of skops is.",
            hint="Name it by what it holds, as .joblib or .pkl, or save it with skops.io.dump.",
        )
    unknown = sorted(set(skops.io.get_untrusted_types(file=path)) - trusted)
    if unknown:
        raise ModelError(
            f"The model {uri} holds types that nobody vouches for: {some(unknown)}.",
            hint="Build it from scikit-learn's own types; if you trust its origin, save it with joblib as .joblib, "
            'or log it with serialization_format="cloudpickle", and vouch for its digest with --trust-model.',
        )
    return skops.io.load(path, trusted=sorted(trusted))


def located_file(uri: str) -> LocatedModel:
    """A model that is one file. Raises `ModelError` where there is none at `uri`, or one that holds no model."""
    path = Path(uri)
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise ModelError(f"The model file {uri} {what}.", hint="Paths are read from the folder you run in.")
    if path.stat().st_size == 0:
        raise ModelError(f"The model file {uri} is empty.", hint="Save the model again, or copy it again.")
    if is_lfs_pointer(path):
        raise ModelError(f"The model file {uri} is a pointer of Git LFS, and not the model.", hint=FETCH)
    return LocatedModel(asked=uri, uri=uri, path=path)
