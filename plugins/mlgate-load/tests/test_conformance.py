"""The load plugin keeps the contract that is asked of strangers, and imports nothing heavy before it measures."""

from __future__ import annotations

import subprocess
import sys

from mlgate.testing import assert_plugin_conforms
from mlgate_load import plugin

HEAVY = ("gevent", "locust", "scipy", "pandas", "sklearn", "mlflow", "uvicorn")


def test_the_plugin_keeps_the_contract() -> None:
    """Ids, pages, options and hooks are in order."""
    assert_plugin_conforms(plugin, families=["load"])


def test_all_checks_of_the_family_run_on_request() -> None:
    """Nobody's server is put under load because a package is installed."""
    checks = plugin.mlgate_checks()
    assert len(checks) == 10
    assert all(check.on_request for check in checks)


def test_neither_gevent_nor_a_data_stack_enters_the_gate() -> None:
    """The generator has a process of its own."""
    said = f"import sys, mlgate_load.plugin; print([m for m in {HEAVY!r} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
