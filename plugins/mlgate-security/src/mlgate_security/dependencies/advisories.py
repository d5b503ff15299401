"""Advisories in OSV's format: what they say, and which versions they are about.

https://ossf.github.io/osv-schema/
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate import CheckError, Severity
from mlgate_security.dependencies.cvss import severity_of_vector
from mlgate_security.environment import Pin

_WORDS = {
    "CRITICAL": Severity.CRITICAL,
    "HIGH": Severity.HIGH,
    "MODERATE": Severity.MEDIUM,
    "MEDIUM": Severity.MEDIUM,
    "LOW": Severity.LOW,
}


@dataclass(frozen=True, slots=True)
class Advisory:
    """One known weakness; `severity` is None where nobody graded it, `names` are its id and its aliases."""

    names: tuple[str, ...]
    summary: str
    severity: Severity | None
    fixed: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.names[0]


def read_advisories(path: Path) -> list[Mapping[str, Any]]:
    """The OSV records of a file: a list, or one object with `vulns`. Raises `CheckError` for anything else."""
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise CheckError(f"the advisories {path.name} can't be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise CheckError(f"the advisories {path.name} are no JSON.") from error
    records = content.get("vulns") if isinstance(content, dict) else content
    if not isinstance(records, list) or not all(isinstance(each, dict) and "id" in each for each in records):
        raise CheckError(f"{path.name} is no list of advisories.", hint="It holds records in OSV's format, in JSON.")
    return records


def matching(records: Sequence[Mapping[str, Any]], pin: Pin) -> Iterator[Advisory]:
    """The advisories about this package at this version; withdrawn ones are none."""
    for record in records:
        affected = [entry for entry in _dicts(record.get("affected")) if _is_about(entry, pin)]
        if affected and not record.get("withdrawn") and any(_holds(entry, pin.version) for entry in affected):
            yield advisory(record, tuple(_fixes(affected)))


def advisory(record: Mapping[str, Any], fixed: tuple[str, ...] = ()) -> Advisory:
    """What a record says, in one line."""
    aliases = record.get("aliases")
    names = (str(record["id"]), *map(str, aliases if isinstance(aliases, list) else ()))
    summary = str(record.get("summary") or record.get("details") or "no summary")
    return Advisory(names, " ".join(summary.split())[:300], graded(record), fixed)


def graded(record: Mapping[str, Any]) -> Severity | None:
    """The severity that the database states, else the worst of the CVSS vectors."""
    places = (record, *_dicts(record.get("affected")))
    stated = [place.get("database_specific") for place in places]
    words = [_WORDS.get(str(each.get("severity", "")).upper()) for each in _dicts(stated)]
    vectors = [str(each.get("score", "")) for place in places for each in _dicts(place.get("severity"))]
    found = [grade for grade in (*words, *map(severity_of_vector, vectors)) if grade is not None]
    return max(found, key=tuple(Severity).index, default=None)


def _is_about(entry: Mapping[str, Any], pin: Pin) -> bool:
    from packaging.utils import canonicalize_name

    package = entry.get("package")
    if not isinstance(package, dict):
        return False
    ecosystem = str(package.get("ecosystem", "")).partition(":")[0].casefold()
    return ecosystem == "pypi" and canonicalize_name(str(package.get("name", ""))) == pin.name


def _holds(entry: Mapping[str, Any], version: str) -> bool:
    """Whether the version is listed, or lies in a range; an entry that says neither is about every version."""
    listed = entry.get("versions") or []
    ranges = [each for each in _dicts(entry.get("ranges")) if each.get("type") != "GIT"]
    if not listed and not ranges:
        return True
    return _is_listed(listed, version) or any(_in_range(_dicts(each.get("events")), version) for each in ranges)


def _is_listed(listed: Iterable[object], version: str) -> bool:
    return any(str(each) == version or _version(str(each)) == _version(version) for each in listed)


def _in_range(events: Iterable[Mapping[str, Any]], version: str) -> bool:
    """OSV's algorithm: the events in the order of their versions switch the weakness on and off."""
    asked = _version(version)
    weak = False
    for event in sorted(events, key=_place):
        kind = next(iter(event))
        at = _place(event)
        if kind == "introduced" and asked >= at:
            weak = True
        elif (kind == "fixed" and asked >= at) or (kind == "last_affected" and asked > at):
            weak = False
    return weak


def _place(event: Mapping[str, Any]) -> Any:
    return _version(str(next(iter(event.values()))))


def _version(text: str) -> Any:
    """A version that orders; what is none comes before all, as OSV's "0" does."""
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text)
    except InvalidVersion:
        return Version("0.dev0")


def _fixes(affected: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for entry in affected:
        for span in _dicts(entry.get("ranges")):
            if span.get("type") != "GIT":
                yield from (str(event["fixed"]) for event in _dicts(span.get("events")) if "fixed" in event)


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict) and each] if isinstance(value, list) else []
