"""The sections `[candidate]` and `[champion]`: which model, and on what terms it is let in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlgate.gatefile.reading import RawGate
from mlgate.gatefile.rule_schema import Schema
from mlgate.gatefile.validating import Problem
from mlgate.gatefile.values import ModelTerms
from mlgate.rules.mistakes import found
from mlgate.rules.units import Quantity, UnitError

SECTIONS = ("candidate", "champion")
DIGEST = "^sha256:[0-9a-f]{64}$"
_TERMS = ("trust", "allow_code", "max_files", "max_size")


def model_schema(description: str, model: str) -> Schema:
    """The schema of one section. The model may be named elsewhere where the section states its terms."""
    named: Schema = {"type": "string", "minLength": 1, "description": model}
    return {
        "description": description,
        "type": "object",
        "properties": {
            "model": named,
            "trust": {
                "type": "array",
                "items": {"type": "string", "pattern": DIGEST, "description": "sha256: and 64 hexadecimal digits"},
                "description": "Digests of models that somebody vouches for, whatever is found in them.",
            },
            "allow_code": {
                "type": "boolean",
                "default": False,
                "description": "Whether an MLflow model may bring code of its own, which runs when it is opened.",
            },
            "max_files": {
                "type": "integer",
                "minimum": 1,
                "description": "How many files and folders a model may hold; 10,000 where nothing is said.",
            },
            "max_size": {
                "type": ["string", "integer"],
                "minLength": 1,
                "minimum": 1,
                "description": 'How large a model may be, as "20GiB", or in bytes; 10 GiB where nothing is said.',
            },
        },
        "additionalProperties": False,
        "if": {"not": {"anyOf": [{"required": [term]} for term in _TERMS]}},
        "then": {"required": ["model"], "properties": {"model": named}},
    }


def size_problems(tree: Mapping[str, object]) -> Iterator[Problem]:
    """Sizes that are none, which no schema tells."""
    for section in SECTIONS:
        table = tree.get(section)
        stated = table.get("max_size") if isinstance(table, Mapping) else None
        if isinstance(stated, str) and stated and _bytes(stated) is None:
            said = f'[{section}] max_size takes a size, as "20GiB", not {found(stated)}.'
            yield Problem((section, "max_size"), said)


def terms_of(raw: RawGate, section: str) -> ModelTerms:
    """What a valid gate file says of this model."""
    table: Any = raw.tree.get(section, {})
    return ModelTerms(
        trust={digest: raw.where((section, "trust", at)) for at, digest in enumerate(table.get("trust", ()))},
        allow_code=raw.where((section, "allow_code")) if table.get("allow_code") else None,
        max_files=table.get("max_files"),
        max_size=None if "max_size" not in table else _bytes(table["max_size"]),
    )


def _bytes(stated: str | int) -> int | None:
    try:
        size = stated if isinstance(stated, int) else int(Quantity.parse(stated).to("B"))
    except (UnitError, OverflowError):
        return None
    return size if size > 0 else None
