"""The [promote] section: what a promotion asks for, and what of it does not go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from mlgate.gatefile.places import KeyPath
from mlgate.gatefile.validating import Problem
from mlgate.gatefile.values import Promote
from mlgate.rules.units import Quantity, UnitError

_PEM = "-----BEGIN"


def duration(text: str) -> timedelta:
    """`7d` or `12h`. Raises `UnitError` where it is no time, or none that passes."""
    try:
        found = timedelta(seconds=Quantity.parse(text).to("s"))
    except OverflowError as error:
        raise UnitError(f"{text} is longer than anybody waits") from error
    if found < timedelta(0):
        raise UnitError(f"{text} is no time that passes")
    return found


def is_pem(key: str) -> bool:
    """Whether a listed key is the key itself, and not the name of its file."""
    return key.lstrip().startswith(_PEM)


def promote_problems(promote: object) -> Iterator[Problem]:
    """What the schema can't see: an age that is none, demands on signatures without keys that could sign."""
    if not isinstance(promote, Mapping):
        return
    age = promote.get("max_age")
    if isinstance(age, str) and age:
        try:
            duration(age)
        except UnitError as error:
            yield Problem(_at("max_age"), f"[promote] max_age takes a time, as 7d or 12h: {error}.")
    if not promote.get("keys"):
        for demand in ("require_signature", "require_approvals"):
            if promote.get(demand):
                yield Problem(
                    _at(demand),
                    f"[promote] {demand} asks for signatures, and no key is listed whose signature would count.",
                    'List public keys: keys = ["release.pem.pub"].',
                )


def promote_of(gate: Path, table: Mapping[str, Any]) -> Promote:
    """The section as a value; names of key files as seen from the current folder."""
    stated = dict(table)
    keys = tuple(key if is_pem(key) else str(gate.parent / key) for key in stated.pop("keys", ()))
    age = stated.pop("max_age", None)
    signed = bool(stated.pop("require_signature", bool(keys)))
    return Promote(**stated, keys=keys, require_signature=signed, max_age=None if age is None else duration(age))


def _at(key: str) -> KeyPath:
    return ("promote", key)
