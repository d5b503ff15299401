"""Every check of the plugin is documented, typed and has rules that can be read."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from mlgate import Check
from mlgate.rules import parse_rules
from mlgate.tabular import METRICS
from mlgate_performance import plugin

CHECKS = plugin.mlgate_checks()
METRIC_CHECKS = [check for check in CHECKS if check.id.removeprefix("performance.") in METRICS]
EVERY = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)


def test_the_family_is_complete() -> None:
    """The metrics of the three tasks, and the checks that ask more than one number."""
    assert [check.id.removeprefix("performance.") for check in CHECKS] == [
        *("accuracy", "average_precision", "balanced_accuracy", "baseline", "bias", "brier", "calibration", "coverage"),
        *("ece", "f1", "ks", "log_loss", "macro_f1", "macro_recall", "mae", "mape", "mcc", "micro_f1", "micro_recall"),
        *("negative_flips", "overfit", "precision", "quantile_loss", "r2", "recall", "rmse", "roc_auc", "roc_auc_ovr"),
        *("slices", "slices_vs_champion", "top_k", "vs_champion", "weak_segments", "weak_segments_vs_champion"),
        *("weighted_f1", "weighted_recall"),
    ]


@EVERY
def test_a_page_says_what_is_measured_and_what_to_do(check: Check) -> None:
    """A summary of one sentence, at least a paragraph, and the way out."""
    assert check.summary.endswith(".")
    body, heading, way_out = check.page.partition("\n## What to do\n")
    assert heading, "the page lacks the heading `## What to do`"
    assert len(body.split()) > 20
    assert len(way_out.split()) > 5


@EVERY
def test_a_page_speaks_of_every_option(check: Check) -> None:
    """Each option stands in backquotes somewhere on the page."""
    assert [option.name for option in check.options if f"`{option.name}`" not in check.page] == []


@EVERY
def test_options_are_typed(check: Check) -> None:
    """An option without a type could not be validated in the gate file."""
    assert [option.name for option in check.options if option.annotation is object] == []


@EVERY
def test_default_rules_can_be_read(check: Check) -> None:
    """The defaults are written in the gate file's own words."""
    rules = parse_rules(check.default, where=None)
    assert bool(rules) == bool(check.default)


@pytest.mark.parametrize("check", METRIC_CHECKS, ids=lambda check: check.id)
def test_a_metric_check_agrees_with_the_kernel(check: Check) -> None:
    """Better side and unit are the kernel's; plain metrics are recorded, without a rule."""
    metric = METRICS[check.id.removeprefix("performance.")]
    assert check.better == metric.better
    assert check.unit == metric.unit
    assert check.default == {}


def test_loading_the_plugin_imports_no_data_stack() -> None:
    """A run that lists checks pays for none of these."""
    heavy = ("numpy", "polars", "pandas", "sklearn", "scipy", "narwhals", "pyarrow")
    code = f"import sys; from mlgate_performance import plugin; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_readme_names_every_check_and_no_other() -> None:
    """And the number of each simple default rule."""
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    assert set(re.findall(r"`(performance\.\w+)`", readme)) == {check.id for check in CHECKS}
    lines = {line.split("`")[1]: line for line in readme.splitlines() if line.startswith("| `performance.")}
    for check in CHECKS:
        for rule in ("at_most", "at_least"):
            if rule in check.default:
                assert f"{rule} = {check.default[rule]}" in lines[check.id]
