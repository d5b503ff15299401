"""The plugin keeps mlgate's contract."""

from __future__ import annotations

from mlgate.testing import assert_plugin_conforms, binary_scored_table
from mlgate_profit import plugin


def test_the_plugin_keeps_the_contract() -> None:
    """Ids, pages, options and hooks are in order; the checks measure the same twice and change nothing."""
    assert_plugin_conforms(plugin, families=["business"], given={"scored_test": binary_scored_table(champion_auc=0.75)})
