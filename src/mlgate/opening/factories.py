"""Models that a Python function makes: `package.module:factory`."""

from __future__ import annotations

import importlib
import re
from types import ModuleType

from mlgate.errors import ModelError
from mlgate.opening.adapting import adapt
from mlgate.opening.describing import brief, nearest
from mlgate.opening.modules import source_of
from mlgate.spec import LocatedModel, Model

_NAME = r"[A-Za-z_]\w*"
_FACTORY = re.compile(rf"({_NAME}(?:\.{_NAME})*):({_NAME})")


class FactoryOpener:
    """Calls a function without arguments, that returns an estimator or a function from rows to scores.

    What is digested is the source file of its module with the function's name, and nothing that it reads.
    """

    accepts = "package.module:factory"

    def claims(self, uri: str) -> bool:
        """Whether `uri` reads as a dotted name, a colon and a name."""
        return _FACTORY.fullmatch(uri) is not None

    def locate(self, uri: str) -> LocatedModel:
        """The module, not imported yet. Raises `ModelError` where there is none."""
        return LocatedModel(asked=uri, uri=uri, path=None, source=source_of(_parts(uri)[0]))

    def open(self, model: LocatedModel) -> Model:
        """What the factory returns. Raises `ModelError` where there is no such function, or it raises."""
        module, name = _parts(model.uri)
        factory = getattr(_imported(module), name, None)
        if factory is None:
            near = nearest(name, [each for each in vars(_imported(module)) if not each.startswith("_")])
            raise ModelError(
                f"The module {module!r} has no {name!r}.", hint=f"Did you mean {module}:{near}?" if near else None
            )
        if not callable(factory):
            raise ModelError(
                f"{model.uri} is a {type(factory).__name__}, where a function that returns the model is needed."
            )
        return adapt(_made(factory, model.uri))


def _parts(uri: str) -> tuple[str, str]:
    module, _, name = uri.partition(":")
    return module, name


def _imported(module: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except (Exception, SystemExit) as error:
        raise ModelError(f"The module {module!r} can't be imported: {brief(error)}.") from error


def _made(factory: object, uri: str) -> object:
    try:
        return factory()  # type: ignore[operator]
    except (Exception, SystemExit) as error:
        raise ModelError(
            f"The factory {uri} raised {brief(error)}.",
            hint="It is called without arguments, in the folder you run in.",
        ) from error
