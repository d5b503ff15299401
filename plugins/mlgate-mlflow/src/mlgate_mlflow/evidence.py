"""Records in MLflow: each is the artifact of a run in an experiment of its own, which is a history of verdicts.

Not beside the model's files, whose digest would change; not in a run's tag, which MLflow cuts at 8,000 characters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from mlgate import RegisteredVersion, RegistryError
from mlgate_mlflow.client import client
from mlgate_mlflow.uris import of_run

EXPERIMENT = "mlgate"
FILE = "record.json"
RECORD_URI = "mlgate.record-uri"
RECORD_DIGEST = "mlgate.record-digest"


def keep(version: RegisteredVersion, tags: Mapping[str, str], record: bytes) -> dict[str, str]:
    """Write the record down; the tags by which `find` finds it and knows it again."""
    asked = client()
    named = {**tags, "mlgate.model": version.uri}
    run = asked.create_run(_experiment(), tags=named, run_name=f"{version.name} {version.version}").info.run_id
    with TemporaryDirectory(prefix="mlgate-record-") as folder:
        path = Path(folder, FILE)
        path.write_bytes(record)
        asked.log_artifact(run, str(path))
    asked.set_terminated(run)
    return {RECORD_URI: f"runs:/{run}/{FILE}", RECORD_DIGEST: _sha256(record)}


def find(version: RegisteredVersion, tags: Mapping[str, str]) -> bytes | None:
    """The record that the version's tags name; None where they name none.

    Raises `RegistryError` where it is not the one that was written.
    """
    uri = tags.get(RECORD_URI)
    if uri is None:
        return None
    place = of_run(uri)
    if place is None:
        raise RegistryError(
            f"The tag {RECORD_URI} of {version.uri} names no artifact of a run: {uri!r}.", hint=_again(version)
        )
    with TemporaryDirectory(prefix="mlgate-record-") as folder:
        record = Path(client().download_artifacts(place.run, place.path, folder)).read_bytes()
    if _sha256(record) != tags.get(RECORD_DIGEST):
        raise RegistryError(
            f"The record of {version.uri} at {uri} is not the one that was written: its digest is another.",
            hint=_again(version),
        )
    return record


def _experiment() -> str:
    """The experiment's id; two runs that begin at once may both try to make it, and one of them finds it made."""
    from mlflow.exceptions import MlflowException

    asked = client()
    found = asked.get_experiment_by_name(EXPERIMENT)
    if found is not None:
        return str(found.experiment_id)
    try:
        return str(asked.create_experiment(EXPERIMENT))
    except MlflowException:
        made = asked.get_experiment_by_name(EXPERIMENT)
        if made is None:
            raise
        return str(made.experiment_id)


def _sha256(record: bytes) -> str:
    return f"sha256:{hashlib.sha256(record).hexdigest()}"


def _again(version: RegisteredVersion) -> str:
    return f"Judge the version again: `mlgate run --model {version.uri}`."
