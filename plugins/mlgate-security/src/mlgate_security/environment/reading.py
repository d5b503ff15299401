"""Finds and reads the files of a model's environment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from mlgate import CheckError, NotApplicable
from mlgate_security.environment.conda import read_conda, read_python_env
from mlgate_security.environment.pins import Environment, Loose, Pin
from mlgate_security.environment.requirements import read_requirements

_READERS: Mapping[str, Callable[[Path], Iterator[Pin | Loose]]] = {
    "requirements.txt": lambda path: read_requirements(path, path.parent),
    "conda.yaml": read_conda,
    "python_env.yaml": read_python_env,
}


_LARGEST = 1 << 20


def environment_of(folder: Path) -> Environment:
    """Everything that the model's folder says of its packages.

    Raises `NotApplicable` where it says nothing, `CheckError` for a file that can't be read.
    """
    files = [name for name in _READERS if (folder / name).is_file()]
    if not files:
        raise NotApplicable(
            f"the model brings none of {', '.join(_READERS)}.", hint="Log it with MLflow to have its packages listed."
        )
    for name in files:
        if (folder / name).stat().st_size > _LARGEST:
            raise CheckError(f"{name} is larger than 1 MiB, which no environment needs.")
    return Environment.of(files, (entry for name in files for entry in _READERS[name](folder / name)))
