"""Whatever opening a model raises, as a sentence."""

from __future__ import annotations

from mlgate.errors import MlgateError, ModelError
from mlgate.opening.describing import brief
from mlgate.spec import LocatedModel, Model, ModelOpener


def opened(located: LocatedModel, opener: ModelOpener) -> Model:
    """The model, opened in this process. Raises `ModelError` with the reason, never another exception."""
    try:
        return opener.open(located)
    except MlgateError:
        raise
    except ModuleNotFoundError as error:
        raise ModelError(
            f"The model {located.uri} needs the Python module {error.name!r}, which is not installed here.",
            hint="Install what the model was trained with, then run again.",
        ) from error
    except (Exception, SystemExit) as error:  # a model that exits must not end the gate, least of all with 0
        raise ModelError(f"The model {located.uri} can't be opened: {brief(error)}.") from error
