"""The [promote] section: what a promotion asks for, and what of it does not go together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from mlgate.gatefile.places import KeyPath
from mlgate.gatefile.validating import Problem
from mlgate.gatefile.values import Promote
from mlgate.rules.mistakes import did_you_mean, found, listed
from mlgate.rules.units import Quantity, UnitError

SCHEMES = {"mlflow": "models"}
"""What a gate file calls a registry, where it is not the scheme of its URIs."""
_PEM = "-----BEGIN"
_NO_ALIAS = re.compile(r"[\s/@:]")


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


def promote_problems(promote: object, gate: Path, registries: Collection[str] | None) -> Iterator[Problem]:
    """What the schema can't see: an age that is none, demands on signatures without keys that could sign, names that
    name nothing. `registries` are the schemes of those that are installed; None where the text alone is judged."""
    if not isinstance(promote, Mapping):
        return
    yield from _no_alias(promote)
    if registries is not None:
        yield from _no_registry(promote, registries)
        yield from _no_keys(promote, gate.parent)
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


def _no_alias(promote: Mapping[str, Any]) -> Iterator[Problem]:
    alias = promote.get("alias")
    if isinstance(alias, str) and _NO_ALIAS.search(alias):
        said = f"[promote] alias is {found(alias)}, which no registry takes."
        yield Problem(_at("alias"), said, "An alias is one word of letters, digits, - and _.")


def _no_registry(promote: Mapping[str, Any], registries: Collection[str]) -> Iterator[Problem]:
    stated, known = promote.get("registry"), sorted({*registries, *SCHEMES, *SCHEMES.values()})
    if isinstance(stated, str) and stated and stated not in known:
        said = f"[promote] registry names {found(stated)}, and no registry that is installed here is called so."
        yield Problem(_at("registry"), said, did_you_mean(stated, known) or f"There are {listed(known, 'and')}.")


def _no_keys(promote: Mapping[str, Any], folder: Path) -> Iterator[Problem]:
    """Public keys that are not there, and a private key whose name is misspelt: one that is absent is kept elsewhere,
    as it should be where models are run."""
    keys, sign = promote.get("keys"), promote.get("sign")
    for place, key in enumerate(keys if isinstance(keys, list) else ()):
        if isinstance(key, str) and key and not is_pem(key) and not (folder / key).is_file():
            said = f"[promote] keys names the file {found(key)}, which does not exist."
            near = did_you_mean(key, _beside(folder, key))
            yield Problem((*_at("keys"), place), said, near or "Paths are relative to the gate file's folder.")
    if isinstance(sign, str) and sign and not sign.startswith("env:") and not Path(sign).is_file():
        near = did_you_mean(sign, _beside(Path.cwd(), sign))
        if near is not None:
            yield Problem(_at("sign"), f"[promote] sign names the file {found(sign)}, which does not exist.", near)


def _beside(folder: Path, name: str) -> list[str]:
    """The files where the named one would be, named in the same way."""
    parent = Path(name).parent
    try:
        return [str(parent / each.name) for each in (folder / parent).iterdir() if each.is_file()]
    except OSError:
        return []


def promote_of(gate: Path, table: Mapping[str, Any]) -> Promote:
    """The section as a value; names of key files as seen from the current folder."""
    stated = dict(table)
    keys = tuple(key if is_pem(key) else str(gate.parent / key) for key in stated.pop("keys", ()))
    age = stated.pop("max_age", None)
    signed = bool(stated.pop("require_signature", bool(keys)))
    return Promote(**stated, keys=keys, require_signature=signed, max_age=None if age is None else duration(age))


def _at(key: str) -> KeyPath:
    return ("promote", key)
