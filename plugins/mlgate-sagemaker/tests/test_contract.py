"""SageMaker's registry keeps the contract that is asked of every registry."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mlgate.testing.registries import RegistryCase, RegistryContract
from mlgate_sagemaker.registry import SagemakerRegistry


class TestSagemakerRegistry(RegistryContract):
    @pytest.fixture
    def case(self, aws: Callable[..., None]) -> RegistryCase:
        """`loan` in two packages."""
        aws("loan", b"old", b"new")
        return RegistryCase(SagemakerRegistry(), "loan", ("sagemaker:loan/1", "sagemaker:loan/2"))
