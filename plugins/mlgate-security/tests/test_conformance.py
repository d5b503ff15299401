"""The security plugin keeps the contract that is asked of strangers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from mlgate import Check
from mlgate.testing import assert_plugin_conforms
from mlgate_security import plugin

HEAVY = ("bandit", "detect_secrets", "pip_audit", "requests", "yaml", "packaging")


def test_the_plugin_keeps_the_contract(model: Callable[..., Any]) -> None:
    """Ids, pages, options and hooks are in order; every check measures the same twice and changes nothing."""
    given = {"candidate": model({"code/pack.py": "import subprocess\nsubprocess.call('x', shell=True)\n"})}
    assert_plugin_conforms(
        plugin, families=["security"], resources=["origin"], given=given
    )  # without a folder: nothing asks the network


@pytest.mark.parametrize("check", plugin.mlgate_checks(), ids=lambda check: check.id)
def test_a_page_speaks_of_every_option(check: Check) -> None:
    """Each option stands in backquotes on the page."""
    words = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", check.page))))
    assert [option.name for option in check.options if option.name not in words] == []


def test_importing_the_plugin_imports_no_scanner() -> None:
    """`mlgate checks` must not wait for them."""
    code = f"import json, sys, mlgate_security.plugin; print(json.dumps([n for n in {HEAVY} if n in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
