"""The fairness plugin keeps the contract that is asked of strangers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mlgate.tabular import Predictions, ScoredTable, Table, score
from mlgate.testing import (
    assert_plugin_conforms,
    binary_scored_table,
    multiclass_scored_table,
    regression_scored_table,
)
from mlgate_fairness import plugin

GROUPS = {"sex": ["female", "male"], "region": ["north", "south", "west"]}


def sensitive(table: ScoredTable) -> ScoredTable:
    """The same table, whose slices are sensitive columns."""
    columns = replace(table.columns, sensitive=("sex", "region"), slices=())
    return score(table.table, columns, table.task, table.candidate).versus(table.candidate)


class Echo:
    """A model that says of any rows what the candidate says of these."""

    features = None

    def __init__(self, scored: ScoredTable) -> None:
        self._predictions = scored.candidate

    def __call__(self, table: Table) -> Predictions:
        return self._predictions


def binary() -> ScoredTable:
    return sensitive(binary_scored_table(600, groups=GROUPS))


def multiclass() -> ScoredTable:
    return sensitive(multiclass_scored_table(600, groups=GROUPS))


def regression() -> ScoredTable:
    return sensitive(regression_scored_table(600, groups=GROUPS))


@pytest.mark.parametrize("table", [binary, multiclass, regression])
def test_the_plugin_keeps_the_contract(table: Callable[[], ScoredTable]) -> None:
    """Ids, pages, options and hooks are in order; every check measures the same twice and changes nothing."""
    made = table()
    assert_plugin_conforms(plugin, families=["fairness"], given={"scored_test": made, "predict": Echo(made)})
