"""Model packages of one group, as SageMaker lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlgate import ModelError, RegisteredVersion, RegistryError
from mlgate_sagemaker.client import answering, code, sagemaker
from mlgate_sagemaker.uris import URIS

_MISSING = ("ValidationException", "ValidationError", "ResourceNotFound")


@dataclass(frozen=True, slots=True)
class Package:
    """A model package: the version, its ARN, and whether it is approved."""

    version: RegisteredVersion
    arn: str
    approved: bool


def packages(name: str) -> tuple[Package, ...]:
    """All versions, newest first; none where there is no such group."""
    from botocore.exceptions import ClientError

    with answering(f"The versions of {name} can't be listed"):
        pages = sagemaker().get_paginator("list_model_packages")
        try:
            found = [
                each for page in pages.paginate(ModelPackageGroupName=name) for each in page["ModelPackageSummaryList"]
            ]
        except ClientError as error:
            if code(error) not in _MISSING or "not exist" not in str(error):
                raise
            return ()
    ordered = sorted(found, key=lambda each: int(each["ModelPackageVersion"]), reverse=True)
    return tuple(_package(name, each) for each in ordered)


def model_data(arn: str) -> str:
    """Where the package's files are: the S3 URI of its one container."""
    with answering(f"{arn} can't be described"):
        answer = sagemaker().describe_model_package(ModelPackageName=arn)
    containers = answer.get("InferenceSpecification", {}).get("Containers", [])
    urls = [str(each["ModelDataUrl"]) for each in containers if each.get("ModelDataUrl")]
    if len(urls) != 1 or len(containers) != 1:
        raise RegistryError(
            f"{arn} has no single ModelDataUrl, so that its files can't be told.",
            hint="Register the model in one container with a ModelDataUrl.",
        )
    return urls[0]


def group_place(name: str) -> str:
    """Account and region of the group. Raises `ModelError` where there is no such group."""
    from botocore.exceptions import ClientError

    with answering(f"The group {name} can't be described"):
        try:
            answer = sagemaker().describe_model_package_group(ModelPackageGroupName=name)
        except ClientError as error:
            if code(error) not in _MISSING:
                raise
            raise ModelError(
                f"There is no model package group {name}.", hint="Look at AWS_REGION and at the account."
            ) from error
    _, _, _, region, account, _ = str(answer["ModelPackageGroupArn"]).split(":", 5)
    return f"{account}/{region}"


def _package(name: str, told: Any) -> Package:
    number = str(told["ModelPackageVersion"])
    version = RegisteredVersion(name, number, URIS.of(name, number), created=told["CreationTime"].isoformat())
    return Package(version, str(told["ModelPackageArn"]), told.get("ModelApprovalStatus") == "Approved")
