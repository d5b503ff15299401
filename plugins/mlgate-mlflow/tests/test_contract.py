"""MLflow's registry keeps the contract that is asked of every registry; on SQLite and over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from mlgate.testing.registries import RegistryCase, RegistryContract
from mlgate_mlflow.registry import MlflowRegistry


class TestMlflowRegistry(RegistryContract):
    @pytest.fixture
    def case(self, store: Any, request: pytest.FixtureRequest) -> Iterator[RegistryCase]:
        """A model of its own for each test, in two versions of the stored files."""
        name = re.sub(r"\W", "-", request.node.name)
        store.client.create_registered_model(name)
        for version in ("1", "2"):
            source = store.client.get_model_version("loan", version).source
            store.client.create_model_version(name, source=source, model_id=source.removeprefix("models:/"))
        yield RegistryCase(MlflowRegistry(), name, (f"models:/{name}/1", f"models:/{name}/2"))
        store.client.delete_registered_model(name)
