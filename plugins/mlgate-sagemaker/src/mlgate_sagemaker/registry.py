"""The registry: approval is what moves, the ledger in S3 says who moved it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from mlgate import (
    AliasMoved,
    Capabilities,
    Event,
    ModelError,
    Move,
    OutcomeUnknown,
    RegisteredVersion,
    RegistryError,
)
from mlgate_sagemaker import ledger, store
from mlgate_sagemaker.client import answering, sagemaker
from mlgate_sagemaker.files import Copies
from mlgate_sagemaker.packages import APPROVED, group_place, model_data, package, packages
from mlgate_sagemaker.uris import SCHEME, parse, version_uri

_ALIAS = re.compile(r"[A-Za-z0-9_-]{1,255}")
_DOCUMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LONGEST_TAG = 256


class SagemakerRegistry:
    """Model package groups of one account and region.

    A group has one slot: approval. Its alias is the one that the ledger moves. SageMaker lets several packages be
    approved at once; a move leaves one.
    """

    def __init__(self) -> None:
        self._copies = Copies()

    def capabilities(self, name: str) -> Capabilities:
        """No compare and set: `UpdateModelPackage` takes no condition. Only mlgate's own moves exclude each other."""
        return Capabilities(registry=f"sagemaker:{group_place(name)}", slot="approval")

    def version(self, uri: str) -> RegisteredVersion:
        """The version that `uri` names now. Raises `ModelError` where there is none."""
        place = parse(uri)
        if place.version is not None:
            return package(place.name, place.version).version
        holder = self.holder(place.name, str(place.alias))
        if holder is None:
            raise ModelError(f"No package of {place.name} is approved as {place.alias}.", hint="Name a version.")
        return holder

    def uri(self, name: str, version: str) -> str:
        """`sagemaker:name/version`."""
        return version_uri(name, version)

    def holder(self, name: str, alias: str) -> RegisteredVersion | None:
        """Who is approved, where approval stands for `alias` or for nothing yet.

        Of several, the newest that the ledger does not name: a pipeline may take any of them.
        """
        last = ledger.last_move(name)
        if last is not None and last.alias != alias:
            return None
        approved = [each.version for each in packages(name) if each.approved]
        strangers = (each for each in approved if last is None or each.version != last.version)
        return next(strangers, next(iter(approved), None))

    def aliases(self, name: str) -> Mapping[str, str]:
        """The alias that approval stands for, and its holder."""
        last = ledger.last_move(name)
        if last is None or last.alias is None:
            return {}
        holder = self.holder(name, last.alias)
        return {} if holder is None else {last.alias: holder.version}

    def generation(self, name: str, alias: str) -> int:
        """How often approval has moved, as far as the ledger knows."""
        return ledger.generation(name, alias)

    def fetch(self, version: RegisteredVersion) -> Path:
        """A private copy of what ModelDataUrl names."""
        return self._copies.fetch(model_data(package(version.name, version.version).arn))

    def annotate(self, version: RegisteredVersion, tags: Mapping[str, str], documents: Mapping[str, bytes]) -> None:
        """Documents into the store; tags into CustomerMetadataProperties, which are short."""
        for name, content in documents.items():
            store.write(_document(version, name), content)
        if tags:
            short = {key: value[:_LONGEST_TAG] for key, value in tags.items()}
            arn = package(version.name, version.version).arn
            with answering(f"{version.uri} can't be annotated"):
                sagemaker().update_model_package(ModelPackageArn=arn, CustomerMetadataProperties=short)

    def document(self, version: RegisteredVersion, name: str) -> bytes | None:
        """The document of that name, or None."""
        return store.read(_document(version, name))

    def documents(self, version: RegisteredVersion) -> tuple[str, ...]:
        """The names of the version's documents."""
        return store.names(_documents(version))

    def set_alias(self, move: Move, event: Event, authorization: bytes | None) -> None:
        """Write the move down where its place in the ledger is free, then approve the version and no other."""
        version = move.version
        if _ALIAS.fullmatch(move.alias) is None:
            raise RegistryError(f"{move.alias!r} is no alias.", hint="Letters, digits, - and _ make one.")
        last = ledger.last_move(version.name)
        if last is not None and last.alias != move.alias:
            raise RegistryError(
                f"Approval in {version.name} stands for {last.alias}, and a group has one.",
                hint=f"Promote to {last.alias}.",
            )
        if package(version.name, version.version).version != version:
            raise ModelError(f"{version.uri} was deleted or made again meanwhile.", hint="Run the gate again.")
        ledger.write(event, self._unmoved(version.name, move.alias, move.expected, move.generation, version.uri))
        _approve_only(version.name, version)

    def clear_alias(self, name: str, alias: str, expected: RegisteredVersion, event: Event) -> None:
        """Take approval away, and write it down."""
        so_far = self.generation(name, alias)
        due = replace(event, version=None, created=None)
        ledger.write(due, self._unmoved(name, alias, expected, so_far, expected.uri))
        _approve_only(name, None)

    def append(self, event: Event) -> None:
        """One more entry."""
        ledger.write(event)

    def history(self, name: str) -> tuple[bytes, ...]:
        """Every entry of the ledger."""
        return ledger.read(name)

    def head(self, name: str) -> str | None:
        """None: nothing in SageMaker keeps it. Versioning or an object lock of the bucket guards the end."""
        return None

    def _unmoved(
        self, name: str, alias: str, expected: RegisteredVersion | None, generation: int, uri: str
    ) -> Callable[[int], None]:
        def still(so_far: int) -> None:
            holder = self.holder(name, alias)
            if holder != expected or so_far != generation:
                raise AliasMoved(name, alias, holder.version if holder else None, uri)

        return still


def _approve_only(name: str, chosen: RegisteredVersion | None) -> None:
    """Approve `chosen` first, so that never nobody is approved; then take approval from all others."""
    try:
        for each in packages(name):
            if each.version == chosen and not each.approved:
                _approve(each.arn, APPROVED, "mlgate moved approval here; its ledger says why.")
        for each in packages(name):
            if each.approved and each.version != chosen:
                _approve(each.arn, "Rejected", "mlgate moved approval away; its ledger says why.")
    except RegistryError as error:
        raise OutcomeUnknown(
            f"The move stands in the ledger, and approval may not have followed. {error.message}",
            hint=f"`mlgate audit --fix {SCHEME}:{name}` puts it where the ledger says.",
        ) from error


def _approve(arn: str, status: str, why: str) -> None:
    with answering(f"The approval of {arn} can't be changed"):
        sagemaker().update_model_package(ModelPackageArn=arn, ModelApprovalStatus=status, ApprovalDescription=why)


def _documents(version: RegisteredVersion) -> str:
    """With the time of the making: a number may be used again."""
    return f"{version.name}/versions/{version.version}@{re.sub(r'[^0-9A-Za-z]', '-', version.created)}"


def _document(version: RegisteredVersion, name: str) -> str:
    if _DOCUMENT.fullmatch(name) is None:
        raise RegistryError(f"{name!r} is no name of a document.")
    return f"{_documents(version)}/{name}"
