"""The configuration: a TOML file that the variable MLGATE_GUARD names. Every mistake is told with its line."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate import UsageError, duration, public_key
from mlgate_mlflow_guard.policy import Policy, Protection

if TYPE_CHECKING:
    from securesystemslib.signer import SSlibKey

VARIABLE = "MLGATE_GUARD"
_TOP = {"version", "keys", "attestation_keys", "max_bytes", "max_seconds", "protect"}
_PROTECT = {"models", "aliases", "stages", "threshold", "require_attestation", "break_glass", "max_age"}
_SHOWN = "docs/guard.md of mlgate shows one."


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a model's files is read for one move, and how long that may take, in seconds."""

    bytes: int = 20 << 30
    seconds: float = 50.0


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is protected, whose signatures move it, and whose signed verdicts count."""

    policy: Policy
    keys: tuple[SSlibKey, ...]
    attestation_keys: tuple[SSlibKey, ...]
    limits: Limits = Limits()


def configured() -> Configuration:
    """The configuration in the file that MLGATE_GUARD names. Raises `UsageError`."""
    named = os.environ.get(VARIABLE)
    if not named:
        raise UsageError(f"the variable {VARIABLE} does not name its configuration.", hint=_SHOWN)
    return read(Path(named))


def read(path: Path) -> Configuration:
    """The configuration in the file. Raises `UsageError` with file and line of the first mistake."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the configuration {path} can't be read: {error}.", hint=_SHOWN) from error
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is no TOML: {error}.", hint=_SHOWN) from error
    return _Reader(path, text).configuration(tree)


class _Reader:
    """Reads one file, and knows where in it a key stands."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def configuration(self, tree: Mapping[str, Any]) -> Configuration:
        self._refuse_strangers(tree, _TOP, start=0)
        if tree.get("version") != 1:
            raise self._mistake("version", "version = 1 has to stand in it")
        tables = tree.get("protect")
        if not isinstance(tables, list) or not tables or not all(isinstance(each, dict) for each in tables):
            raise self._mistake("protect", "at least one [[protect]] has to say what is protected")
        keys = self._keys(tree, "keys")
        protections = [self._protection(each, place, len(keys)) for place, each in enumerate(tables)]
        return Configuration(
            policy=Policy(tuple(protections)),
            keys=keys,
            attestation_keys=self._keys(tree, "attestation_keys") if "attestation_keys" in tree else keys,
            limits=Limits(
                int(self._number(tree, "max_bytes", Limits().bytes)),
                float(self._number(tree, "max_seconds", Limits().seconds)),
            ),
        )

    def _protection(self, table: Mapping[str, Any], place: int, keys: int) -> Protection:
        start = self._table(place)
        self._refuse_strangers(table, _PROTECT, start)
        threshold = table.get("threshold", 1)
        if type(threshold) is not int or not 1 <= threshold <= keys:
            raise self._mistake("threshold", f"threshold is a number from 1 to {keys}, the number of keys", start)
        for key in ("require_attestation", "break_glass"):
            if not isinstance(table.get(key, True), bool):
                raise self._mistake(key, f"{key} is true or false", start)
        return Protection(
            models=self._names(table, "models", ["*"], start),
            aliases=self._names(table, "aliases", None, start),
            stages=self._names(table, "stages", ["Staging", "Production"], start, empty=True),
            threshold=threshold,
            require_attestation=table.get("require_attestation", True),
            break_glass=table.get("break_glass", False),
            max_age=self._age(table, start),
        )

    def _age(self, table: Mapping[str, Any], start: int) -> timedelta | None:
        stated = table.get("max_age")
        if stated is None:
            return None
        try:
            return duration(stated)
        except (ValueError, TypeError, AttributeError) as error:
            raise self._mistake("max_age", 'max_age is a time, like "7d" or "12h"', start) from error

    def _names(
        self, table: Mapping[str, Any], key: str, default: list[str] | None, start: int, *, empty: bool = False
    ) -> tuple[str, ...]:
        names = table.get(key, default)
        strings = isinstance(names, list) and all(isinstance(each, str) and each.strip() for each in names)
        if not strings or not (names or empty):
            raise self._mistake(key, f'{key} is a list of names or patterns, like ["champion"]', start)
        return tuple(names or ())

    def _keys(self, tree: Mapping[str, Any], key: str) -> tuple[SSlibKey, ...]:
        named = tree.get(key)
        if not isinstance(named, list) or not named or not all(isinstance(each, str) for each in named):
            raise self._mistake(key, f'{key} is a list of public keys, like ["release.pem.pub"]')
        found = []
        for each in named:
            try:
                found.append(public_key(self._path.parent / each))
            except UsageError as error:
                raise UsageError(error.message, hint=error.hint, where=self._where(key)) from error
        if len({each.keyid for each in found}) < len(found):
            raise self._mistake(key, f"{key} names one key twice")
        return tuple(found)

    def _number(self, tree: Mapping[str, Any], key: str, default: float) -> float:
        number = tree.get(key, default)
        if isinstance(number, bool) or not isinstance(number, int | float) or not number > 0:
            raise self._mistake(key, f"{key} is a number above 0")
        return number

    def _refuse_strangers(self, table: Mapping[str, Any], known: set[str], start: int) -> None:
        for key in table:
            if key not in known:
                raise self._mistake(key, f"there is no {key} here; known are {', '.join(sorted(known))}", start)

    def _mistake(self, key: str, said: str, start: int = 0) -> UsageError:
        return UsageError(f"{said}.", hint=_SHOWN, where=self._where(key, start))

    def _where(self, key: str, start: int = 0) -> str:
        """The line on which the key stands; the table's where it is missing."""
        spelt = re.compile(rf"""\s*(\[\[?\s*)?["']?{re.escape(key)}["']?\s*[\]=.]""")
        for number, line in enumerate(self._lines[start:], start=start + 1):
            if spelt.match(line):
                return f"{self._path}:{number}"
        return f"{self._path}:{max(start, 1)}"

    def _table(self, place: int) -> int:
        """The line of the n-th [[protect]], from 1; 1 where tables are written otherwise."""
        starts = [number for number, line in enumerate(self._lines, start=1) if re.match(r"\s*\[\[\s*protect\b", line)]
        return starts[place] if place < len(starts) else 1
