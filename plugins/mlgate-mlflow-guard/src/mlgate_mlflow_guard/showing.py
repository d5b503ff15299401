"""What clients read of the guard, in MLflow's own words: a tag of the model, and the ledger as its versions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mlgate_mlflow_guard import __version__, books
from mlgate_mlflow_guard.policy import RESERVED, Policy
from mlgate_mlflow_guard.reading import Place
from mlgate_mlflow_guard.tables import registry_id

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

GUARD = "mlgate.guard"
ENTRY = "mlgate.entry"


def tag_of(session: Session, place: Place, workspace: str | None, policy: Policy, aliases: list[str]) -> str:
    """What the guard knows of a model, as JSON: the registry, each alias with its count of moves, the ledger's end."""
    counted = books.generations(session, place)
    told = {
        "registry": registry_id(session),
        "workspace": workspace,
        "aliases": {
            alias: {"generation": counted.get(alias, 0), "protected": policy.demand(place.name, alias) is not None}
            for alias in sorted({*counted, *aliases})
        },
        "head": books.head(session, place),
        "version": __version__,
    }
    return json.dumps(told, sort_keys=True)


def ledger_asked_for(filter_string: str | None) -> str | None:
    """The model whose ledger a search asks for (`name = 'mlgate.ledger/<model>'`); None for any other search."""
    from mlflow.utils.search_utils import SearchModelVersionUtils

    if filter_string is None or RESERVED not in filter_string.casefold():
        return None
    clauses: Any = SearchModelVersionUtils.parse_search_filter(filter_string)
    if len(clauses) != 1 or clauses[0]["key"] != "name" or clauses[0]["comparator"] != "=":
        return None
    name = str(clauses[0]["value"])
    return name.removeprefix(RESERVED) if name.startswith(RESERVED) else None


def entries(session: Session, place: Place, most: int, token: str | None) -> Any:
    """A page of the ledger: each entry as a version, by its number, whose tag holds it as it is stored."""
    from mlflow.entities.model_registry import ModelVersion, ModelVersionTag
    from mlflow.store.entities.paged_list import PagedList
    from mlflow.utils.search_utils import SearchUtils

    offset = SearchUtils.parse_start_offset_from_page_token(token)
    found, more = books.page(session, place, offset, most)
    versions = [
        ModelVersion(
            name=f"{RESERVED}{place.name}",
            version=str(seq),
            creation_timestamp=0,
            tags=[ModelVersionTag(ENTRY, document)],
            workspace=place.workspace,
        )
        for seq, document in found
    ]
    return PagedList(versions, SearchUtils.create_page_token(offset + most) if more else None)
