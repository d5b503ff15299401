"""Documents of a version in MLflow: a record is the artifact of a run of its own; what is signed is a tag.

Not beside the model's files, whose digest would change; not in a run's tag, which MLflow cuts at 8,000 characters.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from mlgate import RegisteredVersion, RegistryError
from mlgate_mlflow.client import client
from mlgate_mlflow.experiment import made
from mlgate_mlflow.uris import of_run

PREFIX = "mlgate."
_MOST_CHARACTERS = 100_000  # what a tag of a model version holds
_IN_TAGS = re.compile(r"attestation|approval-[0-9a-f]{16}")


def keep(version: RegisteredVersion, tags: Mapping[str, str], name: str, content: bytes) -> dict[str, str]:
    """Write the document down; the tags by which `find` finds it and knows it again.

    What is signed stands in a tag where it fits: there a guard in the server reads it.
    """
    if _IN_TAGS.fullmatch(name) and len(content) <= _MOST_CHARACTERS:
        return {f"{PREFIX}{name}": content.decode("ascii")}
    asked = client()
    named = {**tags, "mlgate.model": version.uri}
    run = asked.create_run(made(), tags=named, run_name=f"{version.name} {version.version}").info.run_id
    with TemporaryDirectory(prefix="mlgate-document-") as folder:
        path = Path(folder, f"{name}.json")
        path.write_bytes(content)
        asked.log_artifact(run, str(path))
    asked.set_terminated(run)
    return {_uri(name): f"runs:/{run}/{name}.json", _digest(name): _sha256(content)}


def find(version: RegisteredVersion, tags: Mapping[str, str], name: str) -> bytes | None:
    """The document of that name; None where the version's tags name none.

    Raises `RegistryError` where it is not the one that was written.
    """
    uri = tags.get(_uri(name))
    if uri is None:
        text = tags.get(f"{PREFIX}{name}") if _IN_TAGS.fullmatch(name) else None
        return None if text is None else text.encode()
    place = of_run(uri)
    if place is None:
        raise RegistryError(
            f"The tag {_uri(name)} of {version.uri} names no artifact of a run: {uri!r}.", hint=_again(version)
        )
    with TemporaryDirectory(prefix="mlgate-document-") as folder:
        content = Path(client().download_artifacts(place.run, place.path, folder)).read_bytes()
    if _sha256(content) != tags.get(_digest(name)):
        raise RegistryError(
            f"The {name} of {version.uri} at {uri} is not the one that was written: its digest is another.",
            hint=_again(version),
        )
    return content


def names(tags: Mapping[str, str]) -> tuple[str, ...]:
    """The documents that the tags of a version name."""
    known = [tag.removeprefix(PREFIX) for tag in tags if tag.startswith(PREFIX)]
    kept = {name.removesuffix("-uri") for name in known if name.endswith("-uri")}
    return tuple(sorted(kept | {name for name in known if _IN_TAGS.fullmatch(name)}))


def signed_first(tags: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """The tags, in an order in which each one that tells of a document comes before what people read."""

    def rank(tag: str) -> int:
        if _IN_TAGS.fullmatch(tag.removeprefix(PREFIX)):
            return 0
        return 1 if tag.endswith(("-uri", "-digest")) else 2

    return sorted(tags.items(), key=lambda each: rank(each[0]))


def _uri(name: str) -> str:
    return f"{PREFIX}{name}-uri"


def _digest(name: str) -> str:
    return f"{PREFIX}{name}-digest"


def _sha256(record: bytes) -> str:
    return f"sha256:{hashlib.sha256(record).hexdigest()}"


def _again(version: RegisteredVersion) -> str:
    return f"Judge the version again: `mlgate run --model {version.uri}`."
