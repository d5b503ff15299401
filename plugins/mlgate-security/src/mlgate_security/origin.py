"""Where a model comes from, as the resource `origin` tells it: mlgate-mlflow makes it, and others may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Origin(Protocol):
    """What a tracking server keeps of a model beside its files."""

    @property
    def run(self) -> str | None:
        """The id of the run that made it; None where the server knows none."""
        ...

    @property
    def texts(self) -> Mapping[str, Mapping[str, str]]:
        """Names and values by the place where they are kept: "params of the run", "tags of the version"."""
        ...

    @property
    def datasets(self) -> Mapping[str, str]:
        """The digest of each data set that the run logged, by name."""
        ...


def stated(origin: Origin | None, *keys: str) -> str | None:
    """The value of the first of `keys` that some text has."""
    kept = origin.texts.values() if origin is not None else ()
    return next((texts[key] for key in keys for texts in kept if texts.get(key)), None)
