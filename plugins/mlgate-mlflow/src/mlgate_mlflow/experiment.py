"""The experiment `mlgate`: where records and ledgers are kept, and what an MLflow without a guard is known by."""

from __future__ import annotations

import secrets

from mlgate_mlflow.client import client

EXPERIMENT = "mlgate"
IDENTITY = "mlgate.registry"


def existing() -> str | None:
    """The experiment's id; None where nothing was ever kept."""
    found = client().get_experiment_by_name(EXPERIMENT)
    return None if found is None else str(found.experiment_id)


def made() -> str:
    """The experiment's id; two that begin at once may both try to make it, and one of them finds it made."""
    from mlflow.exceptions import MlflowException

    found = existing()
    if found is not None:
        return found
    try:
        return str(client().create_experiment(EXPERIMENT, tags={IDENTITY: f"mlflow-{secrets.token_hex(8)}"}))
    except MlflowException:
        found = existing()
        if found is None:
            raise
        return found


def known_identity() -> str | None:
    """The registry's name for itself, if it has one already: nothing is written."""
    id = existing()
    found = None if id is None else client().get_experiment(id).tags.get(IDENTITY)
    return None if found is None else str(found)


def identity() -> str:
    """What this registry is called, from every machine the same: a tag of the experiment, made with it."""
    asked = client()
    id = made()
    known = asked.get_experiment(id).tags.get(IDENTITY)
    if known is None:  # an experiment from before there were identities
        asked.set_experiment_tag(id, IDENTITY, f"mlflow-{secrets.token_hex(8)}")
        known = asked.get_experiment(id).tags[IDENTITY]
    return str(known)
