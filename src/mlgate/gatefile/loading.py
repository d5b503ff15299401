"""Read a gate file whole."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mlgate.checks import Check
from mlgate.gatefile.values import CheckEntry, GateFile, Promote
from mlgate.results import Undecided
from mlgate.rules import Bootstrap, Policy, Waiver, parse_rules
from mlgate.rules.syntax import RULE_NAMES, SETTINGS
from mlgate.tabular import Columns


def load(path: Path, checks: Sequence[Check]) -> GateFile:
    """The gate file at `path`. Raises `GateFileError` with every mistake in it."""
    text = path.read_bytes()
    tree = tomllib.loads(text.decode())
    if path.name == "pyproject.toml":
        tree = tree.get("tool", {}).get("mlgate", {})
    data, policy, promote = tree.get("data", {}), tree.get("policy", {}), tree.get("promote", {})
    return GateFile(
        path=path,
        digest=f"sha256:{hashlib.sha256(text).hexdigest()}",
        candidate=tree.get("candidate", {}).get("model"),
        champion=tree.get("champion", {}).get("model"),
        data={name: _beside(path, data[name]) for name in ("train", "test") if name in data},
        columns=_columns(data),
        checks={id: _entry(path, table) for id, table in tree.get("checks", {}).items()},
        policy=Policy(
            confidence=policy.get("confidence", 0.95),
            undecided=Undecided(policy.get("undecided", "deny")),
            bootstrap=Bootstrap(policy.get("bootstrap", "allow")),
            looks=policy.get("looks", 20),
        ),
        waivers=tuple(Waiver(**table) for table in tree.get("waivers", [])),
        promote=Promote(**promote),
    )


def _entry(path: Path, table: Mapping[str, Any]) -> CheckEntry:
    words = {*RULE_NAMES, *SETTINGS}
    options = {key: value for key, value in table.items() if key not in words}
    stated = {key: value for key, value in table.items() if key in words}
    return CheckEntry(options, parse_rules(stated, where=str(path)), str(path))


def _columns(data: Mapping[str, Any]) -> Columns:
    slices = [tuple([spec] if isinstance(spec, str) else spec) for spec in data.get("slices", [])]
    return Columns(
        label=data.get("label"),
        positive=data.get("positive"),
        entity=data.get("entity"),
        time=data.get("time"),
        weight=data.get("weight"),
        sensitive=tuple(data.get("sensitive", [])),
        slices=tuple(slices),
    )


def _beside(path: Path, source: str) -> str:
    return source if "://" in source or ":" in source else str(path.parent / source)
