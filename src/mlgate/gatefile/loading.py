"""Read a gate file whole: its values, or every mistake in it."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase
from itertools import product
from pathlib import Path
from typing import Any

from mlgate.checks import Check
from mlgate.errors import GateFileError
from mlgate.gatefile.check_tables import CheckTable
from mlgate.gatefile.model_tables import size_problems, terms_of
from mlgate.gatefile.places import KeyPath
from mlgate.gatefile.promoting import promote_of, promote_problems
from mlgate.gatefile.reading import RawGate, read
from mlgate.gatefile.schema import VERSION, schema
from mlgate.gatefile.spoken import spoken
from mlgate.gatefile.suites import with_members
from mlgate.gatefile.validating import Problem, validate
from mlgate.gatefile.values import CheckEntry, GateFile
from mlgate.results import SandboxLevel, Undecided
from mlgate.rules import Bootstrap, Policy, Secrets, Waiver
from mlgate.rules.mistakes import did_you_mean, found
from mlgate.tabular import Columns, Forgiven

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+._-]+:")
TABLES = ("train", "test")


def load(path: Path, checks: Sequence[Check], registries: Collection[str] | None = None) -> GateFile:
    """The gate file at `path`, against the checks that are installed, and the schemes of the registries (None: the
    text alone is judged). Raises `GateFileError` with every mistake."""
    raw = read(path)
    _refuse_other_version(raw)
    problems = [*validate(raw.tree, schema(checks)), *_not_finite(raw.tree), *_bins_of_nothing(raw.tree)]
    problems += promote_problems(raw.tree.get("promote"), path, registries)
    problems += [*size_problems(raw.tree), *_both_ways(raw.tree)]
    entries = _entries(raw, checks, problems)
    _refuse(raw, problems)
    return _gate_file(raw, entries)


def _refuse_other_version(raw: RawGate) -> None:
    """Of a file in another format, nothing else can be said."""
    version = raw.tree.get("version", VERSION)
    if version != VERSION or isinstance(version, bool):
        said = f"this gate file is of version {found(version)}, and this mlgate reads version {VERSION}."
        hint = f"Write version = {VERSION}, or use the mlgate that it was written for."
        _refuse(raw, [Problem(("version",), said, hint)])


def _refuse(raw: RawGate, problems: Sequence[Problem]) -> None:
    if problems:
        ordered = sorted(problems, key=lambda problem: raw.line(problem.path))
        raise GateFileError(tuple(problem.at(raw.where(problem.path)) for problem in ordered))


def _both_ways(tree: Mapping[str, Any]) -> Iterator[Problem]:
    """A check that the file states, and goes without."""
    policy, checks = tree.get("policy"), tree.get("checks")
    patterns = policy.get("skip") if isinstance(policy, Mapping) else None
    if not isinstance(patterns, list) or not isinstance(checks, Mapping):
        return
    for pattern, id in product(patterns, checks):
        if fnmatchcase(id, str(pattern)):
            said = f"{spoken(('policy', 'skip'))} leaves out {id}, which has a table of its own in this file."
            yield Problem(("policy", "skip"), said, "Take away one of the two.")


def _entries(raw: RawGate, checks: Sequence[Check], problems: list[Problem]) -> dict[str, CheckEntry]:
    tables = _section(raw, "checks", {})
    known = {check.id: check for check in checks}
    read = {
        id: CheckTable(raw, known[id], table, problems)
        for id, table in (tables.items() if isinstance(tables, Mapping) else ())
        if id in known and isinstance(table, Mapping)
    }
    return with_members({id: table.entry() for id, table in read.items()}, read, known)


def _gate_file(raw: RawGate, entries: Mapping[str, CheckEntry]) -> GateFile:
    data, policy, promote = (_section(raw, name, {}) for name in ("data", "policy", "promote"))
    return GateFile(
        path=raw.path,
        digest=raw.digest,
        candidate=_model(raw, "candidate"),
        champion=_model(raw, "champion"),
        data=_tables(raw.path, data),
        columns=_columns(raw, data),
        checks=entries,
        policy=_policy(policy),
        waivers=tuple(_waiver(raw, place, table) for place, table in enumerate(_section(raw, "waivers", []))),
        promote=promote_of(raw.path, promote),
        candidate_terms=terms_of(raw, "candidate"),
        champion_terms=terms_of(raw, "champion"),
    )


def _tables(gate: Path, data: Mapping[str, Any]) -> dict[str, str]:
    named = {name: data[name] for name in TABLES if name in data}
    if "sensitive_file" in data:
        named["sensitive"] = _side(data)["path"]
    return {name: beside(gate, source) for name, source in named.items()}


def _side(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The side file's table, however it is written."""
    stated = data.get("sensitive_file", {})
    return {"path": stated} if isinstance(stated, str) else stated


def _waiver(raw: RawGate, place: int, table: Mapping[str, Any]) -> Waiver:
    until = date.fromisoformat(str(table["until"]))
    where = raw.where(("waivers", place))
    return Waiver(table["check"], table["reason"], table["owner"], until, where, table.get("rule"))


def _policy(table: Mapping[str, Any]) -> Policy:
    kinds = {
        "confidence": float,
        "undecided": Undecided,
        "bootstrap": Bootstrap,
        "looks": int,
        "sandbox": SandboxLevel,
        "secrets": Secrets,
        "skip": tuple,
    }
    return Policy(**{key: kinds[key](value) for key, value in table.items()})


def _columns(raw: RawGate, data: Mapping[str, Any]) -> Columns:
    crossed = [(spec,) if isinstance(spec, str) else tuple(spec) for spec in data.get("slices", [])]
    single = {name: data[name] for name in ("label", "positive", "entity", "time", "weight") if name in data}
    bins = {
        column: tuple(float(edge) for edge in bands) if isinstance(bands, list) else int(bands)
        for column, bands in data.get("sensitive_bins", {}).items()
    }
    return Columns(
        **single,
        sensitive=tuple(data.get("sensitive", [])),
        slices=tuple(crossed),
        sensitive_bins=bins,
        forgiven=tuple(Forgiven(each) for each in _side(data).get("allow", [])),
        stated={(role, column): raw.where(("data", role, *place)) for role, column, place in _stated(data)},
    )


def _stated(data: Mapping[str, Any]) -> Iterator[tuple[str, str, KeyPath]]:
    """Each column with its role, and the place of its name within the role's value."""
    for role in ("entity", "time", "weight"):
        if role in data:
            yield role, data[role], ()
    for role in ("sensitive", "slices"):
        for place, spec in enumerate(data.get(role, [])):
            yield from ((role, column, (place,)) for column in ([spec] if isinstance(spec, str) else spec))


def _model(raw: RawGate, section: str) -> str | None:
    model = _section(raw, section, {}).get("model")
    return None if model is None else beside(raw.path, model)


def beside(gate: Path, source: str) -> str:
    """A path of the gate file, as seen from the current folder; a URI and a `package.module:factory` as they are."""
    if _URI.match(source):
        return source
    return str(gate.parent / os.path.expanduser(source))  # pathlib's own raises where there is no such home


def _section(raw: RawGate, name: str, default: Any) -> Any:
    return raw.tree.get(name, default)


def _not_finite(tree: Mapping[str, object]) -> list[Problem]:
    """NaN passes every comparison of a schema."""
    return [
        Problem(path, f"{spoken(path)} takes a finite number, not {value}.")
        for path, value in _numbers((), tree)
        if path[0] != "checks" and not math.isfinite(value)
    ]


def _bins_of_nothing(tree: Mapping[str, object]) -> list[Problem]:
    """Bands of a column that is not sensitive are a slip of the pen, and would be left out in silence."""
    data = tree.get("data")
    bins = data.get("sensitive_bins") if isinstance(data, Mapping) else None
    sensitive = data.get("sensitive", []) if isinstance(data, Mapping) else None
    if not isinstance(bins, Mapping) or not isinstance(sensitive, list):
        return []
    listed = [column for column in sensitive if isinstance(column, str)]
    return [
        Problem(
            ("data", "sensitive_bins", column),
            f"[data] sensitive_bins names {column!r}, which is not listed under `sensitive`.",
            did_you_mean(column, listed) or "List it there, or take it out here.",
        )
        for column in bins
        if column not in listed
    ]


def _numbers(path: KeyPath, value: object) -> Iterator[tuple[KeyPath, float]]:
    if isinstance(value, float):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _numbers((*path, key), item)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _numbers((*path, place), item)
