"""The plugin keeps the contract that is asked of strangers, and keeps deepchecks out."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from mlgate.testing import assert_plugin_conforms
from mlgate_deepchecks import plugin
from mlgate_deepchecks.catalogue import ENTRIES
from mlgate_deepchecks.engine import deepchecks

SOURCES = Path(plugin.__file__).parent
APART = "worker.py"


def test_the_plugin_keeps_the_contract() -> None:
    """Ids, pages, options, rules and hooks are in order."""
    assert_plugin_conforms(plugin, families=["deepchecks"])


def test_nothing_but_the_worker_imports_deepchecks() -> None:
    """It is under another licence and runs as another program."""
    importing = {path.name for path in SOURCES.glob("*.py") if "deepchecks" in set(_imported(path))}
    assert importing == {APART}


def test_the_worker_imports_nothing_of_mlgate() -> None:
    """It runs under other pins."""
    assert not {name for name in _imported(SOURCES / APART) if name.startswith("mlgate")}


def test_nobody_imports_the_worker() -> None:
    """It is started by its path."""
    text = "".join(path.read_text(encoding="utf-8") for path in SOURCES.glob("*.py"))
    assert "import worker" not in text
    assert "mlgate_deepchecks.worker" not in text


def test_loading_the_plugin_imports_no_data_stack() -> None:
    """A run that lists checks pays for none of these."""
    heavy = ("numpy", "polars", "pandas", "sklearn", "scipy", "narwhals", "pyarrow", "deepchecks", "filelock")
    code = (
        "import sys; from mlgate_deepchecks import plugin; plugin.mlgate_checks(); plugin.mlgate_engines(); "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_pins_are_exact_and_name_deepchecks() -> None:
    """One version of each; what imports needs is there, what telemetry needs is off."""
    engine = deepchecks()
    names = [pin.partition("==")[0] for pin in engine.pins]
    assert len(names) == len(set(names))
    assert {"deepchecks", "numpy", "pandas", "scikit-learn", "pyarrow", "setuptools"} <= set(names)
    assert engine.variables["DISABLE_DEEPCHECKS_ANONYMOUS_TELEMETRY"] == "true"
    assert engine.variables["DISABLE_LATEST_VERSION_CHECK"] == "true"


def _imported(path: Path) -> list[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    whole = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    parts = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return [name.partition(".")[0] for name in (*whole, *parts)]


def test_the_guide_lists_each_check_at_its_level() -> None:
    """The recommended selection in docs/deepchecks.md is the one that is shipped."""
    guide = (Path(__file__).resolve().parents[3] / "docs" / "deepchecks.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(enforce|warn|observe)` \| (.+) \|$", guide, re.MULTILINE))
    listed = {name: level for level, names in rows.items() for name in re.findall(r"`(\w+)`", names)}
    assert listed == {entry.name: entry.level for entry in ENTRIES}


def test_no_check_blocks_by_default_that_alarms_on_clean_data() -> None:
    """The tables of false alarms in docs/deepchecks.md say so, and have every check that blocks."""
    guide = (Path(__file__).resolve().parents[3] / "docs" / "deepchecks.md").read_text(encoding="utf-8")
    alarms = re.findall(r"^\| (\w+) \|(?: \d+/\d+ \|)+$", guide, re.MULTILINE)
    quiet = re.findall(r"\w+", " ".join(re.findall(r"No alarm:\s(.+?)\.", guide, re.DOTALL)))
    blocking = {entry.name for entry in ENTRIES if entry.level == "enforce"}
    assert len(alarms) > 5
    assert not blocking & set(alarms)
    assert blocking <= set(quiet)
