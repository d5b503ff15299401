"""The data plugin keeps the contract that is asked of strangers."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import datetime

import polars as pl
import pytest

from mlgate import Check
from mlgate.rules import parse_rules
from mlgate.tabular import Columns, Table
from mlgate.testing import assert_plugin_conforms
from mlgate_data import plugin

CHECKS = plugin.mlgate_checks()
EVERY = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)


def _table(seed: int) -> Table:
    return Table.of(
        pl.DataFrame(
            {
                "amount": [float(place % 17 + seed) for place in range(200)],
                "city": ["Rome", "Oslo", "Bern", "Paris"] * 50,
                "when": [datetime(2025, 1, 1 + seed)] * 200,
                "y": [place % 2 for place in range(200)],
            }
        )
    )


def test_the_plugin_keeps_the_contract() -> None:
    """Ids, pages, options and hooks are in order; every check measures the same twice and changes nothing."""
    given = {"columns": Columns(label="y", time="when"), "train": _table(0), "test": _table(1)}
    assert_plugin_conforms(plugin, families=["data"], given=given)


@EVERY
def test_a_page_says_what_is_measured_and_what_to_do(check: Check) -> None:
    """A summary of one sentence, at least a paragraph, and the way out."""
    assert check.summary.endswith(".")
    body, heading, way_out = check.page.partition("\n## What to do\n")
    assert heading
    assert len(body.split()) > 20
    assert len(way_out.split()) > 5


@EVERY
def test_a_page_speaks_of_every_option(check: Check) -> None:
    """Each option stands in backquotes somewhere on the page, or in the gate file's words."""
    words = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", check.page))))
    assert [option.name for option in check.options if option.name not in words] == []


@EVERY
def test_default_rules_can_be_read(check: Check) -> None:
    """The defaults are written in the gate file's own words."""
    assert bool(parse_rules(check.default, where=None)) == bool(check.default)


def test_importing_the_plugin_reads_no_frames() -> None:
    """The data stack loads when a table is read: `mlgate checks` must not wait for it."""
    heavy = ("polars", "pandas", "pyarrow", "pandera")
    code = f"import sys, mlgate_data.plugin; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
