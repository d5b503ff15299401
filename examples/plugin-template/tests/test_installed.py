"""mlgate finds the plugin once it is installed."""

from __future__ import annotations

import subprocess
import sys


def mlgate(*arguments: str) -> str:
    """What the command prints."""
    return subprocess.run(
        [sys.executable, "-m", "mlgate", *arguments], capture_output=True, text=True, check=True
    ).stdout


def test_the_check_is_listed() -> None:
    """By its id, with the first line of its page."""
    assert mlgate("checks", "business.*").split("  ", 1) == [
        "business.profit_per_loan",
        "Mean profit per application of granting the loans that the model would grant.\n",
    ]


def test_its_page_is_printed() -> None:
    """With the options that a gate file may set."""
    page = mlgate("explain", "business.profit_per_loan")
    assert "## What to do" in page
    assert "loss (float), default 900.0" in page
