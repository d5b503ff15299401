"""The kit for plugin authors: does my plugin keep the contract, and what does my check measure?

from mlgate.testing import assert_plugin_conforms, binary_scored_table, measure

def test_the_plugin_keeps_the_contract():
    assert_plugin_conforms(plugin, families=["business"], given={"scored_test": binary_scored_table()})

def test_a_perfect_model_earns_the_gain_on_every_row():
    assert measure(profit_per_loan, scored_test=binary_scored_table(auc=0.99)).estimate.value > 0
"""

from mlgate.testing.conformance import assert_plugin_conforms
from mlgate.testing.fingerprints import fingerprint
from mlgate.testing.hostile import HOSTILE, hostile_record
from mlgate.testing.measuring import measure
from mlgate.testing.records import sample_record
from mlgate.testing.tables import binary_scored_table, multiclass_scored_table, regression_scored_table

__all__ = [
    "HOSTILE",
    "assert_plugin_conforms",
    "binary_scored_table",
    "fingerprint",
    "hostile_record",
    "measure",
    "multiclass_scored_table",
    "regression_scored_table",
    "sample_record",
]
