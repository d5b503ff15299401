"""Every module stands alone, and the light ones stay light."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("numpy", "pandas", "polars", "pyarrow", "sklearn", "scipy", "mlflow", "narwhals", "rich", "jsonschema")
LIGHT = ("mlgate", "mlgate.cli", "mlgate.pytest_plugin", "mlgate.spec")
# Each module is imported in a fork of an interpreter that has nothing of ours, and what is slow of others': as alone as
# in a process of its own, in a twentieth of the time.
ALONE = """
import email.message, importlib.metadata, inspect, os, ssl, subprocess, sys, tempfile, traceback
import click, msgspec, numpy, polars, pyarrow, pydantic, scipy.special, sqlalchemy.orm
assert not any(name.startswith("mlgate") for name in sys.modules)
for name in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        try:
            __import__(name)
        except BaseException:
            print(f"--- {name}", file=sys.stderr)
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        print(name)
"""


def test_each_module_imports_alone_and_without_a_warning(sources: tuple[Path, ...], root: Path) -> None:
    """No module leans on another one having been imported first."""
    if not hasattr(os, "fork"):
        pytest.skip("this platform can't fork")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ALONE, *(_module(path, root) for path in sources if _importable(path))],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [], done.stderr


@pytest.mark.parametrize("module", LIGHT)
def test_a_light_module_imports_nothing_heavy(module: str) -> None:
    """`mlgate --help` and a pytest run without a gate must not pay for the data stack."""
    code = f"import sys, {module}; print(*sorted(name for name in sys.modules if '.' not in name))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert sorted({*done.stdout.split()} & {*HEAVY}) == []


def test_the_help_imports_no_command() -> None:
    """The list of commands is drawn from a table."""
    code = (
        "import sys, mlgate.cli\n"
        "code = mlgate.cli.run_command(['--help'])\n"
        "print(code, *sorted(name for name in sys.modules if name.startswith('mlgate')), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.split() == ["0", "mlgate", "mlgate.cli"]


def _importable(path: Path) -> bool:
    return path.stem != "__main__"


def _module(path: Path, root: Path) -> str:
    inside = path.relative_to(root)
    parts = inside.parts[inside.parts.index("src") + 1 :]
    return ".".join(parts).removesuffix(".py").removesuffix(".__init__")
