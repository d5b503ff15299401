"""A decision is made again from the record in a moment, and nothing is measured."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Desk

GATE = """\
version = 1
[candidate]
model = "candidate.joblib"
[champion]
model = "champion.joblib"
[data]
test = "test.parquet"
label = "late"
[checks."performance.roc_auc"]
at_least = {bound}
"""


@pytest.fixture
def measured(desk: Desk) -> Desk:
    """A desk with the record of an allowed run, and nothing left to measure with."""
    desk.gate(GATE.format(bound=0.7), few=True)
    done = desk.mlgate("run", "--report", "json=record.json")
    assert done.code == 0, done
    for path in ("candidate.joblib", "champion.joblib", "test.parquet"):
        (desk / path).unlink()
    return desk


def test_the_same_gate_file_gives_the_same_verdict(measured: Desk) -> None:
    """A pure function of the record and the gate file."""
    assert measured.mlgate("decide", "record.json").code == 0


def test_a_changed_bound_changes_the_verdict_without_measuring(measured: Desk) -> None:
    """Model and data are gone: only the bound is held against what was measured."""
    measured.gate(GATE.format(bound=0.99), few=True)
    done = measured.mlgate("decide", "record.json", "--report", "json=again.json")
    assert done.code == 1
    assert "is below 0.99" in done.out
    assert measured.mlgate("decide", "again.json").code == 1


def test_a_bound_across_the_interval_is_undecided(measured: Desk) -> None:
    """The bound is the very number that was measured."""
    value = measured.result("performance.roc_auc")["measurement"]["value"]
    measured.gate(GATE.format(bound=value), few=True)
    done = measured.mlgate("decide", "record.json")
    assert done.code == 2
    assert f"lies across {value}" in done.out


def test_a_check_that_was_not_measured_denies(measured: Desk) -> None:
    """The gate file asks for more than the record holds."""
    measured.gate(GATE.format(bound=0.7), '[checks."performance.roc_auc2"]\nat_least = 0.1\n', few=True)
    done = measured.mlgate("decide", "record.json")
    assert done.code == 4
    measured.write("mlgate_checks.py", LATER)
    measured.gate(GATE.format(bound=0.7), '[checks."performance.remark"]\nat_least = 0.1\n', few=True)
    done = measured.mlgate("decide", "record.json")
    assert done.code == 3
    assert "performance.remark: not in this record: measure it with `mlgate run`" in done.out


def test_an_option_that_was_measured_otherwise_denies(measured: Desk) -> None:
    """A bound can be held against what was measured; an option changes what is measured."""
    measured.gate(GATE.format(bound=0.7), '[checks."performance.recall"]\nthreshold = 0.4\nat_least = 0.1\n', few=True)
    done = measured.mlgate("decide", "record.json")
    assert done.code == 3
    assert (
        "performance.recall: measured with threshold=0.5, and the gate file says threshold=0.4: "
        "measure again with `mlgate run`"
    ) in done.out


def test_a_file_that_is_no_record_is_refused(measured: Desk) -> None:
    """Any other JSON is told from a record."""
    measured.write("other.json", "{}")
    done = measured.mlgate("decide", "other.json")
    assert (done.code, done.err) == (
        3,
        "mlgate: other.json: This is JSON, but not a record of mlgate: it has no key `schema` that says so. "
        "`mlgate run --report json=PATH` writes one.\n",
    )


LATER = '''
from mlgate import Measurement, check


@check("performance.remark")
def later():
    """Was written after the run."""
    return Measurement.exact(1, n=1)
'''


def test_a_gate_that_demands_more_than_was_measured_promotes_nothing(desk: Desk) -> None:
    """The run's own gate went without the comparison; the one that decides does not."""
    listed = '[checks."performance.roc_auc"]\nat_least = 0.1\n'
    head = 'version = 1\n[candidate]\nmodel = "candidate.joblib"\n[data]\ntest = "test.parquet"\nlabel = "late"\n'
    desk.gate(head, listed, '[policy]\nskip = ["[!p]*", "performance.[!r]*"]\n')
    assert desk.mlgate("run", "--report", "json=record.json").code == 0
    desk.gate(head, listed)
    assert desk.mlgate("decide", "record.json", "--report", "json=again.json").code == 0
    assert "performance.vs_champion" in json.loads((desk / "again.json").read_bytes())["gate"]["left_out"]
