"""Python modules that a model is made of: found beside the gate file as `python` itself would find them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from mlgate.errors import ModelError
from mlgate.opening.describing import brief


def make_importable(folder: Path) -> None:
    """Put `folder` first on the module path, as `python -m` does and a console script does not.

    It stays there: a model may import the modules beside it as late as in `predict`.
    """
    text = str(folder.resolve())
    if text not in sys.path and "" not in sys.path:
        sys.path.insert(0, text)


def source_of(module: str) -> Path:
    """The file of a module that is not imported yet. Raises `ModelError` where there is no such module."""
    make_importable(Path.cwd())
    try:
        found = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        found = None
    except (Exception, SystemExit) as error:
        raise ModelError(f"The package of {module} can't be imported: {brief(error)}.") from error
    if found is None or found.origin is None or not Path(found.origin).is_file():
        raise ModelError(
            f"There is no Python module {module!r}.",
            hint=f"Modules are found in {Path.cwd()} and in the installed packages.",
        )
    return Path(found.origin)
