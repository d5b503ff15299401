"""Whether a guard stands in the server, and what it knows: one synthetic tag of the registered model tells."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlgate import PromotionRefused, RegistryError
from mlgate_mlflow.client import client
from mlgate_mlflow.versions import registered_model

if TYPE_CHECKING:
    from mlflow.entities.model_registry import RegisteredModel

TAG = "mlgate.guard"
AUTHORIZATION = "mlgate.authorization"
LEDGER = "mlgate.ledger/"
_ENTRY = "mlgate.entry"
_CONFLICT = "RESOURCE_CONFLICT"
_REFUSALS = ("PERMISSION_DENIED", "INVALID_PARAMETER_VALUE", _CONFLICT)
_RULE = re.compile(r"mlgate's guard refused this \(([a-z-]+)\)")
_HOLDER, _DATABASE = "holder", "database"


@dataclass(frozen=True, slots=True)
class Guard:
    """What the guard says of one registered model."""

    registry: str
    workspace: str | None = None
    generations: dict[str, int] = field(default_factory=dict)
    head: str | None = None


def guard_of(name: str) -> Guard | None:
    """The guard in front of the model; None where there is none. Raises `RegistryError` where its tag is odd."""
    return read(registered_model(name))


def read(model: RegisteredModel | None) -> Guard | None:
    """The guard that a registered model tells of."""
    told: Any = None if model is None else model.tags.get(TAG)
    if told is None:
        return None
    try:
        tree = json.loads(told)
        aliases = {str(alias): int(facts["generation"]) for alias, facts in tree.get("aliases", {}).items()}
        return Guard(str(tree["registry"]), tree.get("workspace"), aliases, tree.get("head"))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RegistryError(
            f"The tag {TAG} is not what mlgate's guard writes.",
            hint="Is mlgate-mlflow as new as the guard? If there is none, somebody set that tag: take it away.",
        ) from error


def history(name: str) -> tuple[bytes, ...]:
    """The guard's ledger, which it shows as versions of a reserved model."""
    found: list[str] = []
    token: str | None = None
    quoted = f"{LEDGER}{name}".replace("'", "''")
    while True:
        page: Any = client().search_model_versions(f"name = '{quoted}'", max_results=1000, page_token=token)
        found += [str(version.tags.get(_ENTRY, "")) for version in page]
        token = page.token
        if not token:
            return tuple(each.encode() for each in sorted(found, key=_seq))


def _seq(text: str) -> tuple[bool, int]:
    """By number; what has none stands at the end, where the chain breaks on it."""
    try:
        return False, int(json.loads(text)["seq"])
    except (ValueError, TypeError, KeyError):
        return True, 0


def is_conflict(error: Exception) -> bool:
    """Whether the guard says that somebody else was faster."""
    return getattr(error, "error_code", None) == _CONFLICT and _rule(error) in (None, _HOLDER)


def refusal(error: Exception) -> PromotionRefused | None:
    """The guard's no as a refusal of ours, in its own words; None where the error is another.

    That its database failed is no refusal: the alias has to be read to know what became of it.
    """
    if getattr(error, "error_code", None) in _REFUSALS and _rule(error) != _DATABASE:
        words = str(getattr(error, "message", error))
        return PromotionRefused(words.removeprefix(f"{getattr(error, 'error_code', '')}: "))
    return None


def _rule(error: Exception) -> str | None:
    """The rule that the guard's answer names."""
    found = _RULE.search(str(getattr(error, "message", error)))
    return None if found is None else found[1]
