"""SageMaker's model registry, as `ObjectRegistry` asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from mlgate import ModelError, RegisteredVersion
from mlgate_sagemaker.client import answering, sagemaker
from mlgate_sagemaker.files import download
from mlgate_sagemaker.packages import Package, group_place, model_data, packages
from mlgate_sagemaker.uris import URIS

APPROVED = "Approved"
"""The one thing that moves, as an alias."""
_LONGEST_TAG = 256


class Sagemaker:
    """Model package groups of the account and region that AWS's own settings name."""

    uris = URIS
    slot = "approval"

    def identity(self, name: str) -> str:
        """Account and region."""
        return f"{URIS.scheme}:{group_place(name)}"

    def versions(self, name: str) -> Sequence[RegisteredVersion]:
        """All packages, newest first."""
        return tuple(each.version for each in packages(name))

    def find(self, name: str, version: str) -> RegisteredVersion | None:
        """The package, or None."""
        return next((each for each in self.versions(name) if each.version == version), None)

    def aliases(self, name: str) -> Mapping[str, Sequence[str]]:
        """Who is approved: what that stands for, the ledger says."""
        return {APPROVED: [each.version.version for each in packages(name) if each.approved]}

    def refuse_alias(self, alias: str) -> None:
        """Any: SageMaker never sees it."""

    def give(self, version: RegisteredVersion, alias: str) -> None:
        """Approve."""
        _approve(version, APPROVED, "mlgate moved approval here; its ledger says why.")

    def take(self, version: RegisteredVersion, alias: str) -> None:
        """Reject."""
        _approve(version, "Rejected", "mlgate moved approval away; its ledger says why.")

    def tag(self, version: RegisteredVersion, tags: Mapping[str, str]) -> None:
        """Into CustomerMetadataProperties, which are short."""
        short = {key: value[:_LONGEST_TAG] for key, value in tags.items()}
        with answering(f"{version.uri} can't be annotated"):
            sagemaker().update_model_package(ModelPackageArn=_package(version).arn, CustomerMetadataProperties=short)

    def download(self, version: RegisteredVersion, folder: Path) -> Path:
        """What ModelDataUrl names."""
        return download(model_data(_package(version).arn), folder)


def _approve(version: RegisteredVersion, status: str, why: str) -> None:
    arn = _package(version).arn
    with answering(f"The approval of {version.uri} can't be changed"):
        sagemaker().update_model_package(ModelPackageArn=arn, ModelApprovalStatus=status, ApprovalDescription=why)


def _package(version: RegisteredVersion) -> Package:
    found = next((each for each in packages(version.name) if each.version == version), None)
    if found is None:
        raise ModelError(f"{version.uri} was deleted or made again meanwhile.", hint="Run the gate again.")
    return found
