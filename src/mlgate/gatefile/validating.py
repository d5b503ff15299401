"""A tree against the schema: every mistake as a sentence with its line, what was expected and the nearest name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlgate.errors import UsageError
from mlgate.gatefile.expected import expected, words
from mlgate.gatefile.options import plain
from mlgate.gatefile.places import KeyPath
from mlgate.gatefile.spoken import spoken
from mlgate.gatefile.strangers import StrangeKey, absent_check
from mlgate.rules import RULE_NAMES
from mlgate.rules.mistakes import did_you_mean, found

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_RULE_KEYS = frozenset((*RULE_NAMES, "level", "undecided", "of"))


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake; `path` leads to it."""

    path: KeyPath
    message: str
    hint: str | None = None

    def at(self, where: str) -> UsageError:
        return UsageError(self.message, hint=self.hint, where=where)


def validate(tree: Mapping[str, object], schema: Mapping[str, Any]) -> list[Problem]:
    """Every mistake but those inside rules, which their own reader tells better."""
    from jsonschema import Draft202012Validator, FormatChecker  # a third of a second: only where a gate file is read

    errors = Draft202012Validator(schema, format_checker=FormatChecker(["date"])).iter_errors(plain(tree))
    telling = _Telling(schema)
    return list(dict.fromkeys(each for error in errors if not _in_rule(error) for each in telling.problems(error)))


def _in_rule(error: ValidationError) -> bool:
    path = tuple(error.absolute_path)
    return len(path) > 2 and path[0] == "checks" and path[2] in _RULE_KEYS


@dataclass(frozen=True, slots=True)
class _Telling:
    """Turns the schema's errors into sentences."""

    schema: Mapping[str, Any]

    def problems(self, error: ValidationError) -> Iterator[Problem]:
        path: KeyPath = tuple(error.absolute_path)
        inner = _branch(error)
        if inner:
            for each in inner:
                yield from self.problems(each)
        elif error.validator == "additionalProperties":
            yield from self._strangers(path, error)
        elif error.validator == "required":
            yield self._missing(path, error)
        else:
            yield self._wrong(path, error)

    def _strangers(self, path: KeyPath, error: ValidationError) -> Iterator[Problem]:
        known = list(_schema_of(error).get("properties", ()))
        checks = list(self.schema["properties"]["checks"]["properties"])
        found_here: Any = error.instance
        for key, value in found_here.items():
            if key not in known:
                message, hint = StrangeKey(path, key, value).told(known, checks)
                yield Problem((*path, key), message, hint)

    def _missing(self, path: KeyPath, error: ValidationError) -> Problem:
        # jsonschema reports one missing key at a time, and names it in its message alone
        required: Any = error.validator_value
        key = next(key for key in required if f"{key!r} is a required" in error.message)
        if not path:
            return Problem(path, f"the gate file has no {key}.", f"Write {key} = 1 at its top.")
        needed = _schema_of(error).get("properties", {}).get(key, True)
        takes = expected(needed, self.schema["$defs"])
        return Problem(path, f"{spoken(path)} has no {key}.", f"It takes {takes}." if takes != "anything" else None)

    def _wrong(self, path: KeyPath, error: ValidationError) -> Problem:
        known = list(words(_schema_of(error), self.schema["$defs"]))
        if path[0] == "waivers" and path[-1] == "check" and isinstance(error.instance, str):
            return Problem(path, *absent_check(error.instance, known))
        if error.schema is False:
            return Problem(path, f"{spoken(path)} holds something that may not stand there.")
        if error.validator == "pattern":
            form = _schema_of(error).get("description", f"text that fits {error.validator_value}")
            return Problem(path, f"{spoken(path)} takes {form}, not {found(error.instance)}.")
        if error.validator == "minLength":
            return Problem(path, f"{spoken(path)} is empty.")
        takes = expected(_schema_of(error), self.schema["$defs"])
        said = f"{spoken(path)} takes {takes}, not {found(error.instance)}."
        return Problem(path, said, did_you_mean(error.instance, known))


def _schema_of(error: ValidationError) -> Mapping[str, Any]:
    """The part of the schema that was broken; `false` is one that has no parts."""
    return error.schema if isinstance(error.schema, Mapping) else {}


def _branch(error: ValidationError) -> Sequence[ValidationError]:
    """Where one branch of an anyOf alone fits the kind of value that was found: its errors, which say more."""
    if error.validator != "anyOf":
        return ()
    branches: dict[object, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    fitting = [inner for inner in branches.values() if not any(_of_another_kind(each) for each in inner)]
    return fitting[0] if len(fitting) == 1 else ()


def _of_another_kind(error: ValidationError) -> bool:
    return not error.path and error.validator in ("type", "const", "enum")
