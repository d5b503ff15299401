"""Promote: look at everything again, then move the alias if the holder is still the one looked at."""

from __future__ import annotations

from mlgate import opening
from mlgate.errors import PromotionRefused, RecordError
from mlgate.promotion.evidence import Claim, examine
from mlgate.results import Record
from mlgate.results.record_json import from_json
from mlgate.spec import AliasMove, RegisteredVersion, Registry


def promote(
    uri: str, alias: str, *, registry: Registry, record: bytes | None = None, dry_run: bool = False
) -> AliasMove:
    """Move `alias` to the version at `uri`, or with `dry_run` say what would move.

    `record` is the evidence; None takes what a run wrote to the registry. Raises `PromotionRefused` with the one
    reason and the command that mends it, `RegistryError` where the registry does not answer.
    """
    version = registry.version(uri)
    evidence = record if record is not None else _kept(version, registry)
    holder = registry.holder(version.name, alias)
    claim = Claim(
        version=version,
        digest=opening.digest(registry.fetch(version)),
        alias=alias,
        holder=holder,
        record=_read(evidence, version),
    )
    examine(claim)
    if dry_run:
        return AliasMove(version.name, alias, version.version, holder.version if holder else None, cas=False)
    return registry.set_alias(version, alias, holder)


def _kept(version: RegisteredVersion, registry: Registry) -> bytes:
    document = registry.record(version)
    if document is None:
        raise PromotionRefused(
            f"{version.uri} has no record: nobody judged it.", hint=f"Judge it: `mlgate run --model {version.uri}`."
        )
    return document


def _read(document: bytes, version: RegisteredVersion) -> Record:
    try:
        return from_json(document)
    except RecordError as error:
        raise PromotionRefused(
            f"the record of {version.uri} is no evidence: {error.message}",
            hint=f"Judge it again: `mlgate run --model {version.uri}`.",
        ) from error
