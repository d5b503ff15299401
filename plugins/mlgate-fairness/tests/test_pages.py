"""Every check of the plugin is documented, typed, has rules that can be read, and says what mends a gap."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from mlgate import Check
from mlgate.rules import parse_rules
from mlgate_fairness import plugin

CHECKS = plugin.mlgate_checks()
EVERY = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
ROOT = Path(__file__).resolve().parents[3]
GUIDE = ROOT / "docs" / "fairness.md"


def test_the_family_is_complete() -> None:
    """Every gap, the losses, the inequality, the champion and the list of all."""
    assert {check.id.removeprefix("fairness.") for check in CHECKS} >= {
        *("accuracy_difference", "auc_gap", "bounded_group_loss", "calibration_gap", "demographic_parity_difference"),
        *("demographic_parity_ratio", "equal_opportunity_difference", "equalized_odds_difference"),
        *("equalized_odds_ratio", "four_fifths", "generalized_entropy", "group_metrics"),
        *("predictive_parity_difference", "vs_champion"),
    }


@EVERY
def test_a_page_speaks_of_every_option_and_they_are_typed(check: Check) -> None:
    """Each option stands in backquotes somewhere on the page."""
    assert [option.name for option in check.options if f"`{option.name}" not in check.page] == []
    assert [option.name for option in check.options if option.annotation is object] == []


@EVERY
def test_default_rules_can_be_read_and_warn(check: Check) -> None:
    """A guardrail that nobody asked for shows, and does not block."""
    rules = parse_rules(check.default, where=None)
    assert bool(rules) == bool(check.default)
    assert all(rule.level == "warn" for rule in rules)


@EVERY
def test_what_to_do_names_fairlearns_tools(check: Check) -> None:
    """`mlgate explain` after a failure leads to a runnable remedy."""
    if check.default or "loss" in check.id:
        _, _, way_out = check.page.partition("## What to do")
        assert "fairlearn" in way_out
        assert "ExponentiatedGradient" in way_out
        assert "docs/fairness.md" in way_out


def test_the_page_on_four_fifths_says_nothing_of_the_law() -> None:
    """A measured ratio against a named convention, in neutral words."""
    (check,) = [check for check in CHECKS if check.id == "fairness.four_fifths"]
    assert "does not say that anything is lawful or\nunlawful" in check.page
    assert not re.search(r"discriminat|illegal|violat|compl(y|iant)", check.page, re.IGNORECASE)


@pytest.mark.filterwarnings("ignore")
def test_the_guides_remedies_narrow_the_gap(capsys: pytest.CaptureFixture[str]) -> None:
    """The snippet of docs/fairness.md runs as it stands, and both ways do what they are named for."""
    (snippet,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    found: dict[str, float] = {}
    exec(compile(snippet, "docs/fairness.md", "exec"), found)
    assert found["before"] > 0.2
    assert found["by_thresholds"] < 0.1
    assert found["by_training"] < 0.1
    assert capsys.readouterr().out.startswith("0.")


def test_the_guide_and_the_readme_name_every_check_and_no_other() -> None:
    """The readme's table has the number of each simple default rule."""
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    ids = {check.id for check in CHECKS}
    assert set(re.findall(r"`(fairness\.\w+)`", readme)) == ids
    assert set(re.findall(r"`(fairness\.\w+)`", GUIDE.read_text(encoding="utf-8"))) <= ids
    lines = {line.split("`")[1]: line for line in readme.splitlines() if line.startswith("| `fairness.")}
    for check in CHECKS:
        for rule in ("at_most", "at_least"):
            if rule in check.default:
                assert f"{rule} = {check.default[rule]}" in lines[check.id]


def test_loading_the_plugin_imports_no_data_stack() -> None:
    """A run that lists checks pays for none of these."""
    heavy = ("numpy", "polars", "pandas", "sklearn", "scipy", "narwhals", "pyarrow", "fairlearn")
    code = f"import sys; from mlgate_fairness import plugin; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
