"""What AWS refuses is a sentence, with the way out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError, NoCredentialsError, NoRegionError

from mlgate import ModelError, RegistryError
from mlgate_sagemaker import client, store
from mlgate_sagemaker.registry import SagemakerRegistry


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "not now"}}, "UpdateModelPackage")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (refused("ThrottlingException"), "Try again"),
        (refused("AccessDeniedException"), "right"),
        (refused("ExpiredTokenException"), "Sign in again"),
        (NoCredentialsError(), "AWS_PROFILE"),
        (NoRegionError(), "AWS_REGION"),
    ],
)
def test_what_aws_refuses(error: Exception, told: str) -> None:
    """Named, with what to do."""
    with pytest.raises(RegistryError) as caught, client.answering("The group loan can't be described"):
        raise error
    assert str(caught.value).startswith("The group loan can't be described: ")
    assert told in str(caught.value.hint)


def test_no_such_group(aws: Callable[..., None]) -> None:
    """Not a mistake of the registry's."""
    with pytest.raises(ModelError, match="no model no-such-model"):
        SagemakerRegistry().version("sagemaker:no-such-model/1")


@pytest.mark.parametrize(
    "uri", ["sagemaker:", "sagemaker:loan", "sagemaker:../1", "sagemaker:loan/1\n", "sagemaker:l/x"]
)
def test_no_such_uri(uri: str) -> None:
    """Refused before anything is asked."""
    with pytest.raises(ModelError, match="does not name one model package"):
        SagemakerRegistry().version(uri)


def test_no_store(aws: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is named."""
    monkeypatch.delenv(store.VARIABLE)
    with pytest.raises(RegistryError) as caught:
        SagemakerRegistry().history("loan")
    assert store.VARIABLE in str(caught.value.hint)


def test_approved_by_hand(aws: Callable[..., None]) -> None:
    """The newest approved package is the holder, whoever approved it: it is what pipelines deploy."""
    aws("loan", b"old", b"new")
    registry = SagemakerRegistry()
    assert registry.holder("loan", "champion") is None
    arn = client.sagemaker().list_model_packages(ModelPackageGroupName="loan")["ModelPackageSummaryList"][0]
    client.sagemaker().update_model_package(ModelPackageArn=arn["ModelPackageArn"], ModelApprovalStatus="Approved")
    held = registry.holder("loan", "champion")
    assert held is not None
    assert held.version == str(arn["ModelPackageVersion"])
