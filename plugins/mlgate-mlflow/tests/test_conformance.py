"""The MLflow plugin keeps the contract that is asked of strangers."""

from __future__ import annotations

from mlgate.testing import assert_plugin_conforms
from mlgate_mlflow import plugin


def test_the_plugin_keeps_the_contract() -> None:
    """Its hooks fit the specification; it has openers and a registry, and no checks."""
    assert_plugin_conforms(plugin)
