"""Every check of the plugin is documented, typed, has rules that can be read, and keeps the contract of plugins."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlgate import Check
from mlgate.rules import parse_rules
from mlgate.testing import assert_plugin_conforms
from mlgate_robustness import plugin

CHECKS = plugin.mlgate_checks()
EVERY = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)


def test_the_plugin_keeps_the_contract() -> None:
    """Ids, pages, options and hooks are in order."""
    assert_plugin_conforms(plugin, families=["robustness"])


def test_the_family_is_complete() -> None:
    assert {check.id.removeprefix("robustness.") for check in CHECKS} == {
        *("bounded", "corruptions", "extrapolate", "invariant", "missing", "monotone", "predict_contract", "smooth"),
        "unseen_category",
    }


@EVERY
def test_a_page_speaks_of_what_can_be_set_and_options_are_typed(check: Check) -> None:
    """Every check says what to do; options that all searches share stand in the guide."""
    shared = {"trials", "most_rows", "seed", "stochastic"}
    assert "## What to do" in check.page
    assert [o.name for o in check.options if f"`{o.name}" not in check.page and o.name not in shared] == []
    assert [option.name for option in check.options if option.annotation is object] == []


@EVERY
def test_default_rules_can_be_read(check: Check) -> None:
    assert parse_rules(check.default, where=None)


def test_the_readme_names_every_check_and_no_other() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(robustness\.\w+)`", readme))
    assert named == {check.id for check in CHECKS}
