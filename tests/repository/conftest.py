"""What the repository's tests about itself look at."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Everything that a clean clone holds, and nothing that tools leave beside it.
TRACKED = (".ci", "benchmarks", "ci", "docs", "examples", "plugins", "src", "tests")
LEFT_BY_TOOLS = {"__pycache__", "dist", "build", "mlruns", "mlartifacts"}


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def sources() -> tuple[Path, ...]:
    """The modules that are shipped: the core's, the plugins', the template's."""
    folders = [ROOT / "src", *sorted(ROOT.glob("plugins/*/src")), ROOT / "examples" / "plugin-template" / "src"]
    return tuple(sorted(path for folder in folders for path in folder.rglob("*.py")))


@pytest.fixture(scope="session")
def own_files() -> tuple[Path, ...]:
    """Every file of ours, in the folders of the repository and at its root."""
    inside = [path for folder in TRACKED for path in (ROOT / folder).rglob("*") if path.is_file()]
    at_root = [path for path in ROOT.iterdir() if path.is_file()]
    return tuple(path for path in sorted([*inside, *at_root]) if _ours(path.relative_to(ROOT)))


def _ours(path: Path) -> bool:
    hidden = [part for part in path.parts if part.startswith(".") and part not in (".ci", ".gitignore")]
    left = [part for part in path.parts if part in LEFT_BY_TOOLS or part.endswith(".egg-info")]
    return not hidden and not left
