"""Models in joblib's and Python's own pickle format. Opening one runs whatever its author put there."""

from __future__ import annotations

import pickle
from pathlib import Path

from mlgate.errors import ModelError
from mlgate.opening.adapting import adapt
from mlgate.opening.describing import brief
from mlgate.opening.modules import make_importable
from mlgate.opening.skops_files import located_file
from mlgate.opening.uris import names_file
from mlgate.spec import LocatedModel, Model


class PickleOpener:
    """Opens `.joblib`, `.pkl` and `.pickle` files."""

    accepts = "a .joblib or .pkl file"

    def claims(self, uri: str) -> bool:
        """Whether `uri` is a path with one of the endings."""
        return names_file(uri, ".joblib", ".pkl", ".pickle")

    def locate(self, uri: str) -> LocatedModel:
        """The file at `uri`. Raises `ModelError` where there is none."""
        return located_file(uri)

    def open(self, model: LocatedModel) -> Model:
        """The estimator or function in the file. Raises `ModelError` where it is no pickle, or lacks its classes."""
        make_importable(Path.cwd())
        try:
            return adapt(_unpickled(model))
        except (pickle.UnpicklingError, EOFError, KeyError, IndexError, ValueError) as error:
            raise ModelError(
                f"The model {model.uri} can't be read: {brief(error)}.",
                hint="Save it again with joblib.dump, with the versions of its libraries that are installed here.",
            ) from error
        except AttributeError as error:
            raise ModelError(
                f"The model {model.uri} can't be opened: {brief(error)}.",
                hint="Define its classes in a module that can be imported here, not in the script that trains.",
            ) from error


def _unpickled(model: LocatedModel) -> object:
    try:
        import joblib
    except ModuleNotFoundError:
        return _plain_pickle(model)
    return joblib.load(model.path)


def _plain_pickle(model: LocatedModel) -> object:
    if model.uri.lower().endswith(".joblib"):
        raise ModelError(f"The model {model.uri} needs joblib, which is not installed.", hint="`pip install joblib`.")
    assert model.path is not None
    with model.path.open("rb") as file:
        return pickle.load(file)  # noqa: S301  # nosec B301 # the road has checked it
