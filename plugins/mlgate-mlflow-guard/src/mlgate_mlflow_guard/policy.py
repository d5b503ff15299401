"""What is protected: which aliases and stages of which models, and what a move of them takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase

_ALIAS = re.compile(r"[A-Za-z0-9_-]+")
RESERVED = "mlgate.ledger/"
"""Names under which the ledger is shown; no model may be called so."""


@dataclass(frozen=True, slots=True)
class Protection:
    """One `[[protect]]` of the configuration: patterns of names, and what a move takes."""

    models: tuple[str, ...]
    aliases: tuple[str, ...]
    stages: tuple[str, ...] = ("Staging", "Production")
    threshold: int = 1
    require_attestation: bool = True
    break_glass: bool = False
    max_age: timedelta | None = None

    def covers(self, model: str) -> bool:
        """Whether it is about this model."""
        return _like(model, self.models)


@dataclass(frozen=True, slots=True)
class Demand:
    """What a move takes: how many keys, whether an attestation and how fresh, whether the glass may be broken."""

    threshold: int
    require_attestation: bool
    break_glass: bool
    max_age: timedelta | None = None


FREE = Demand(threshold=1, require_attestation=False, break_glass=True)
"""What a signed move of an alias takes that nothing protects: that it is the move that was signed."""


@dataclass(frozen=True, slots=True)
class Policy:
    """All protections together; where two are about one alias, the stricter word counts."""

    protections: tuple[Protection, ...]

    def covers(self, model: str) -> bool:
        """Whether anything of this model is protected."""
        return any(each.covers(model) for each in self.protections)

    def demand(self, model: str, alias: str) -> Demand | None:
        """What a move of the alias takes; None where it is free. Case is folded: `Champion` is read as `champion`."""
        found = [each for each in self.protections if each.covers(model) and _like(alias.strip(), each.aliases)]
        if not found:
            return None
        return Demand(
            threshold=max(each.threshold for each in found),
            require_attestation=any(each.require_attestation for each in found),
            break_glass=all(each.break_glass for each in found),
            max_age=min((each.max_age for each in found if each.max_age is not None), default=None),
        )

    def misspelt(self, model: str, alias: str) -> bool:
        """Whether nobody could tell the alias from a protected one: not plain ASCII, or in another case."""
        if not self.covers(model):
            return False
        if _ALIAS.fullmatch(alias) is None:
            return True
        written = [pattern for each in self.protections if each.covers(model) for pattern in each.aliases]
        return self.demand(model, alias) is not None and not any(_fits(alias, each) for each in written)

    def protected(self, model: str, aliases: Iterable[str]) -> list[str]:
        """Those of the aliases that are protected, or look like one that is."""
        return sorted(alias for alias in aliases if self.demand(model, alias) is not None)

    def stage(self, model: str, stage: str) -> bool:
        """Whether a version may not enter or leave the stage."""
        return any(each.covers(model) and _like(stage, each.stages) for each in self.protections)


def reserved(name: str) -> bool:
    """Whether the name is one under which the ledger is shown."""
    return name.casefold().startswith(RESERVED)


def _like(name: str, patterns: Iterable[str]) -> bool:
    folded = name.casefold()
    return any(_fits(folded, pattern.casefold()) for pattern in patterns)


def _fits(name: str, pattern: str) -> bool:
    """Only `*` and `?` are patterns: a model may be called `credit[eu]`, and has to be protected by its name."""
    return fnmatchcase(name, pattern.replace("[", "[[]"))
