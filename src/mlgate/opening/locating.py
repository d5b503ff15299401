"""Which opener is the one for a model's URI, and what it finds there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mlgate.errors import ModelError
from mlgate.opening.factories import FactoryOpener
from mlgate.spec import LocatedModel, ModelOpener

_MLFLOW = ("models:", "runs:", "mlflow-artifacts:")


def locate(uri: str, openers: Sequence[ModelOpener]) -> tuple[LocatedModel, ModelOpener]:
    """The model at `uri` and its opener. Raises `ModelError` where none or two of them claim it."""
    finder = _claiming(uri, openers)
    located = finder.locate(uri)
    return located, finder if located.via is None else _claiming(located.via, openers)


def _claiming(uri: str, openers: Sequence[ModelOpener]) -> ModelOpener:
    claiming = [opener for opener in openers if opener.claims(uri)]
    if len(claiming) > 1:  # `folder:loan` reads as a factory, too: whose scheme it is goes first
        claiming = [opener for opener in claiming if not isinstance(opener, FactoryOpener)]
    if not claiming:
        raise ModelError(f"Nothing here opens the model {uri!r}.", hint=_way_out(uri, openers))
    if len(claiming) > 1:
        names = " and ".join(f"{type(each).__module__}.{type(each).__qualname__}" for each in claiming)
        raise ModelError(f"The model {uri!r} is claimed by {names}.", hint="Uninstall one of their plugins.")
    return claiming[0]


def _way_out(uri: str, openers: Sequence[ModelOpener]) -> str:
    accepted = "; ".join(opener.accepts for opener in openers)
    if uri.startswith(_MLFLOW) or Path(uri, "MLmodel").is_file():
        return "`pip install 'mlgate[mlflow]'` brings what opens it."
    if Path(uri).is_dir():
        return "The folder holds no MLmodel file."
    return f"A model is one of: {accepted}." if accepted else "No opener is installed."
