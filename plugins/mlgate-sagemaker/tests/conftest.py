"""SageMaker and S3 as moto plays them, in this process."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterator

import pytest

from mlgate_sagemaker import client

STORE = "s3://gate/mlgate"


def packed(content: bytes, name: str) -> bytes:
    """A model.tar.gz with one file."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        facts = tarfile.TarInfo(name)
        facts.size = len(content)
        tar.addfile(facts, io.BytesIO(content))
    return buffer.getvalue()


def register(name: str, *contents: bytes, file: str = "model.txt") -> None:
    """A group with a package for each content."""
    client.sagemaker().create_model_package_group(ModelPackageGroupName=name)
    for place, content in enumerate(contents):
        key = f"{name}-{place}.tar.gz"
        client.s3().put_object(Bucket="gate", Key=key, Body=packed(content, file))
        client.sagemaker().create_model_package(
            ModelPackageGroupName=name,
            ModelApprovalStatus="PendingManualApproval",
            InferenceSpecification={
                "Containers": [{"Image": "image", "ModelDataUrl": f"s3://gate/{key}"}],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
        )


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """An account with the bucket `gate`; yields what registers models."""
    from moto import mock_aws
    from moto.sagemaker.models import ModelPackage

    for name, value in {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("MLGATE_SAGEMAKER_STORE", STORE)
    approve = ModelPackage.set_model_approval_status

    def kept(self: ModelPackage, status: str | None) -> None:
        """AWS leaves what an update does not name; moto takes it away."""
        if status is not None or not hasattr(self, "model_approval_status") or self.model_approval_status is None:
            approve(self, status)

    monkeypatch.setattr(ModelPackage, "set_model_approval_status", kept)
    with mock_aws():
        client.s3().create_bucket(Bucket="gate")
        yield register
