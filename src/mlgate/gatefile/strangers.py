"""Keys that a gate file does not know: what was meant, or which plugin would know them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mlgate.gatefile.places import KeyPath
from mlgate.gatefile.spoken import spoken
from mlgate.rules.mistakes import did_you_mean, listed

EXTRAS = ("data", "performance", "fairness", "robustness", "load", "security", "deepchecks", "mlflow")
"""The families that plugins of ours bring, each by the extra of its name."""


@dataclass(frozen=True, slots=True)
class StrangeKey:
    """A key that is not in the schema, in the table at `path`."""

    path: KeyPath
    key: str
    value: object

    def told(self, known: Collection[str], checks: Collection[str]) -> tuple[str, str | None]:
        """The sentence, and the way out."""
        if self.path == ("checks",):
            return self._unquoted(checks) or absent_check(self.key, checks)
        near = did_you_mean(self.key, known)
        if not self.path:
            kind = "section" if isinstance(self.value, Mapping | list) else "key"
            return f"a gate file has no {kind} {self.key}.", near or f"It has {listed(known, 'and')}."
        return f"{spoken(self.path)} has no key {self.key}.", near or f"It takes {listed(sorted(known), 'and')}."

    def _unquoted(self, checks: Collection[str]) -> tuple[str, str] | None:
        """`[checks.performance.roc_auc]` is a table in a table; the id has to stand in quotes."""
        if not isinstance(self.value, Mapping) or "." in self.key:
            return None
        meant = next((f"{self.key}.{name}" for name in self.value if f"{self.key}.{name}" in checks), None)
        if meant is None:
            return None
        return f"{self.key} is no check by itself.", f"A check's id stands in quotes: [checks.{json.dumps(meant)}]."


def absent_check(id: str, checks: Collection[str]) -> tuple[str, str]:
    """A check that is not installed: the nearest one, or the extra that brings its family."""
    family = id.partition(".")[0]
    families = {check.partition(".")[0] for check in checks}
    if family in EXTRAS and family not in families:
        return (
            f"no plugin for {family} checks is installed, so there is no {id}.",
            f"Run pip install 'mlgate[{family}]'.",
        )
    return f"there is no check {id}.", did_you_mean(id, checks) or "`mlgate checks` lists what is installed."
