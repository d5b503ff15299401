"""The layers of the house are a test."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path


def test_the_layers_hold(root: Path) -> None:
    """A module imports only from lower layers, and plugins only from the public face."""
    code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_of_the_core_stands_in_one_layer(root: Path) -> None:
    """A new module has to be given its place."""
    contracts = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    house = next(contract for contract in contracts if contract["type"] == "layers")
    placed = [name.strip() for layer in house["layers"] for name in layer.split("|")]
    present = {path.stem for path in (root / "src" / "mlgate").iterdir() if _is_module(path)}
    assert sorted(placed) == sorted(present - {"__init__", "__main__"})


def _is_module(path: Path) -> bool:
    return path.suffix == ".py" or (path / "__init__.py").exists()
