"""The performance plugin keeps the contract that is asked of strangers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mlgate.tabular import ScoredTable
from mlgate.testing import (
    assert_plugin_conforms,
    binary_scored_table,
    multiclass_scored_table,
    regression_scored_table,
)
from mlgate_performance import plugin

GROUPS = {"region": ["north", "south"]}


def binary() -> ScoredTable:
    return binary_scored_table(400, champion_auc=0.78, groups=GROUPS)


def multiclass() -> ScoredTable:
    return multiclass_scored_table(400, champion_accuracy=0.75, groups=GROUPS)


def regression() -> ScoredTable:
    return regression_scored_table(400, champion_rmse=1.2, groups=GROUPS)


@pytest.mark.parametrize("table", [binary, multiclass, regression])
def test_the_plugin_keeps_the_contract(table: Callable[[], ScoredTable]) -> None:
    """Ids, pages, options and hooks are in order; every check measures the same twice and changes nothing."""
    assert_plugin_conforms(plugin, families=["performance"], given={"scored_test": table(), "scored_train": table()})
