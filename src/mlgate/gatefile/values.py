"""A gate file, read: every section as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from mlgate.results import Level
from mlgate.rules import Policy, Rule, Waiver
from mlgate.tabular import Columns


@dataclass(frozen=True, slots=True)
class CheckEntry:
    """What the gate file says of one check: options to measure with, rules to hold it to, and where it says so.

    Without rules the check's own apply. `level` is the table's word for a check that has none at all. `of_suite` says
    that the table is a suite's, whose members measure where they can. `timeout` is the check's time in seconds.
    """

    options: Mapping[str, object] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    where: str | None = None
    level: Level | None = None
    of_suite: bool = False
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Promote:
    """The registry's alias that a promotion moves, what signs it, and what is asked of it.

    `keys` are trusted public keys: paths as seen from the current folder, or PEM. Where there are some, the verdict
    has to be signed. `max_age` is how old it may be; `require_approvals` counts keys that are not the promoter's own.
    """

    alias: str = "champion"
    registry: str | None = None
    sign: str | None = None
    keys: tuple[str, ...] = ()
    require_signature: bool = False
    require_approvals: int = 0
    max_age: timedelta | None = None
    break_glass: bool = True


@dataclass(frozen=True, slots=True)
class ModelTerms:
    """On what terms a model is let in; None where nothing is said.

    `trust` maps digests that somebody vouches for to where they stand, `allow_code` is where it stands that the model
    may bring code, `max_size` counts bytes.
    """

    trust: Mapping[str, str] = field(default_factory=dict)
    allow_code: str | None = None
    max_files: int | None = None
    max_size: int | None = None


@dataclass(frozen=True, slots=True)
class GateFile:
    """A gate file; `data` maps `test`, `train` and `sensitive` (the side file) to their URIs, as seen from the
    current folder.

    Without arguments: the gate file of somebody who wrote none.
    """

    path: Path | None = None
    digest: str | None = None
    candidate: str | None = None
    champion: str | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    columns: Columns = field(default_factory=Columns)
    checks: Mapping[str, CheckEntry] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    waivers: tuple[Waiver, ...] = ()
    promote: Promote = field(default_factory=Promote)
    candidate_terms: ModelTerms = field(default_factory=ModelTerms)
    champion_terms: ModelTerms = field(default_factory=ModelTerms)
