"""What an MLmodel file may say before anything is opened: every path in it stays inside the model's folder.

MLflow joins the paths that it finds under `flavors` to the folder without a look at them, so that `../x` or
`/etc/x` would load bytes that no digest binds.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from mlgate.errors import ModelError

if TYPE_CHECKING:
    from mlgate.opening.road import StagedModel

MLMODEL = "MLmodel"
_LARGEST = 1 << 20
# `uri` says where an artifact once came from, and `config` is the model's own: neither is joined to the folder.
_NOT_PATHS = frozenset({"uri", "config"})
_HOLDING_PATHS = ("flavors", "saved_input_example_info")


def check_mlmodel(model: StagedModel) -> None:
    """Raises `ModelError` where an MLmodel in the model's folder is unreadable or points outside of it."""
    if model.path is None or not model.path.is_dir():
        return
    for file in sorted(model.path.rglob(MLMODEL)):
        content = _read(file, model.uri)
        for section in _HOLDING_PATHS:
            for key, text in _texts(content.get(section), section):
                _refuse_outside(key, text, model.uri)


def _read(file: Path, uri: str) -> dict[object, object]:
    import yaml

    if file.stat().st_size > _LARGEST:
        raise ModelError(f"The MLmodel of {uri} is larger than 1 MiB, which no model needs.")
    try:
        content = yaml.safe_load(file.read_bytes())
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ModelError(f"The MLmodel of {uri} is not readable YAML.", hint="Log the model again.") from error
    if not isinstance(content, dict):
        raise ModelError(f"The MLmodel of {uri} says nothing about a model.", hint="Log the model again.")
    return content


def _texts(value: object, key: str) -> Iterator[tuple[str, str]]:
    """Every text below `value` with its key; each shared node once, so that YAML aliases can't multiply the work."""
    seen: set[int] = set()
    waiting = [(key, value)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, dict | list) and id(value) not in seen:
            seen.add(id(value))
            items = value.items() if isinstance(value, dict) else enumerate(value)
            waiting.extend((f"{key}.{name}", item) for name, item in items if name not in _NOT_PATHS)


def _refuse_outside(key: str, text: str, uri: str) -> None:
    windows = PureWindowsPath(text)
    outside = PurePosixPath(text).is_absolute() or windows.is_absolute() or ".." in windows.parts
    if outside:
        raise ModelError(
            f"The MLmodel of {uri} points outside the model's folder: {key} is {text!r}.",
            hint="A verdict binds only the files inside the folder; log the model again with its files in it.",
        )
