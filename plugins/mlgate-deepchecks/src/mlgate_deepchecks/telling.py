"""What deepchecks says of its checks itself, read from its environment and never kept here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlgate_deepchecks.engine import deepchecks

_NOT_BUILT = "deepchecks' own words come with its environment: `mlgate engines build deepchecks` builds it."


def own_words(name: str) -> str:
    """Its summary, parameters and conditions of the check `name`, as text for a terminal."""
    from mlgate.engines import told_of

    told: Mapping[str, Any] | None = told_of(deepchecks())
    if told is None:
        return _NOT_BUILT
    about = told["checks"][name]
    heading = f"In the words of deepchecks {told['version']}"
    lines = [heading, "-" * len(heading), about["summary"], "", f"params: {_listed(about['parameters'])}"]
    lines += [f"condition {each} ({_listed(taken)})" for each, taken in about["conditions"].items()]
    return "\n".join(lines)


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"
