"""A private copy of a model's files: what is digested is what is opened."""

from __future__ import annotations

import shutil
import weakref
from pathlib import Path
from tempfile import mkdtemp

from mlgate.errors import ModelError
from mlgate.opening.files import regular_files

PREFIX = "mlgate-model-"


class PrivateCopy:
    """A copy that only this user can read, removed with this object or at the end of the process."""

    def __init__(self, original: Path) -> None:
        root = original.resolve()
        if not root.exists():
            raise ModelError(f"There is no file or folder {original}.")
        folder = Path(mkdtemp(prefix=PREFIX))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.path = folder / root.name
        _copy(root, self.path)


def _copy(root: Path, to: Path) -> None:
    single = root.is_file()
    if not single:
        to.mkdir()
    for name, file in regular_files(root):
        target = to if single else to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(file, target)
        except OSError as error:
            raise ModelError(f"The model's file {file} can't be copied ({error.strerror}).") from error
