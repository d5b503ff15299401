"""Put a model into the registry: a copy of its files, under the next number."""

from __future__ import annotations

import os
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path

from mlgate.errors import ModelError, RegistryError
from mlgate.folder_registry.places import FOLDER, IDENTITY, VARIABLE, is_name, root, version_uri
from mlgate.folder_registry.shelf import Shelf, write_json
from mlgate.spec import RegisteredVersion


def register(name: str, source: Path) -> RegisteredVersion:
    """Copy the file or folder at `source` into the registry, which is made where there is none.

    Raises `ModelError` for a name that is none or where there is nothing at `source`.
    """
    if not is_name(name):
        raise ModelError(f"{name!r} is no name of a model.", hint="Letters, digits, dot, - and _ make one.")
    if not source.exists():
        raise ModelError(f"There is no file or folder {source}.")
    shelf = Shelf(_made() / name)
    shelf.path.mkdir(exist_ok=True)
    with shelf.locked():
        number = str(max(shelf.numbers(), default=0) + 1)
        created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        _copy(source, shelf.version(number), created)
    return RegisteredVersion(name, number, version_uri(name, number), created)


def _made() -> Path:
    try:
        return root()
    except RegistryError:
        folder = Path(os.environ.get(VARIABLE) or FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / IDENTITY, {"schema": "mlgate-registry/1", "id": f"folder-{secrets.token_hex(8)}"})
        (folder / ".gitignore").write_text(".lock\n", encoding="utf-8")
        return folder.resolve()


def _copy(source: Path, to: Path, created: str) -> None:
    """A version is there with all of its files, or not at all."""
    half = to.with_name(f".{to.name}.{secrets.token_hex(6)}")
    try:
        (half / "files").mkdir(parents=True)
        if source.is_dir():
            shutil.copytree(source, half / "files", dirs_exist_ok=True, symlinks=True)
        else:
            shutil.copyfile(source, half / "files" / source.name)
        write_json(half / "version.json", {"created": created, "tags": {}})
        half.rename(to)
    except (OSError, shutil.Error) as error:
        shutil.rmtree(half, ignore_errors=True)
        raise RegistryError(f"{source} can't be copied into the registry: {error}.") from error
