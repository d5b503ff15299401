"""Parameters and tags that a tracking server keeps of a model, looked into one by one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mlgate_security.secrets.scanning import Scanner, Secret

_OWN = re.compile(r"(?:mlflow|mlgate)\.")
_ID = re.compile(r"(?:sha256:|m-)?[0-9a-f]{16,64}")
_HISTORY = "mlflow.log-model.history"
"""MLflow's copy of MLmodel, full of ids."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A secret in a parameter or tag; `name` is None where the name itself is the secret."""

    secret: Secret
    place: str
    name: str | None


def secrets_kept(asked: Scanner, texts: Mapping[str, Mapping[str, str]]) -> Iterator[Kept]:
    """Every secret in the values, and in the names. Ids that MLflow and mlgate write themselves are none."""
    for place, kept in texts.items():
        told = [(name, value) for name, value in sorted(kept.items()) if not _is_theirs(name, value)]
        lines = "\n".join(f"{_quoted(name)}: {_quoted(value)}" for name, value in told)
        names = "\n".join(_quoted(name) for name, _ in told)
        telling = {secret.line for secret in asked.scan(names, ".yaml")}
        for secret in asked.scan(lines, ".yaml"):
            name = None if secret.line in telling else told[secret.line - 1][0]
            yield Kept(secret, place, name)


def _is_theirs(name: str, value: str) -> bool:
    return name == _HISTORY or (_OWN.match(name) is not None and _ID.fullmatch(value) is not None)


def _quoted(text: str) -> str:
    """On one line, whatever stands in it."""
    return json.dumps(text)
