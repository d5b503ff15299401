"""Environments on real file systems that are full, or may not be written to: small ones, mounted for the test alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from textwrap import dedent

import pytest

ECHO = "def answer(body, tables, emit): emit({'echo': body})"
PLUGIN = """
import sys
from pathlib import Path
from mlgate import hookimpl
from mlgate.engines import Engine, Pythons

@hookimpl
def mlgate_engines():
    here = Pythons((3, 11), sys.version_info[:2])
    worker = Path(__file__).with_name("worker.py")
    return [Engine("small", here, (), worker), Engine("large", here, ("thing==1.0",), worker)]
"""


@cache
def may_mount() -> bool:
    """Whether this user may mount something for a process of its own."""
    command = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


pytestmark = pytest.mark.skipif(not may_mount(), reason="this user may not mount a file system here")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder whose own plugin declares two engines, and an empty folder of environments."""
    (tmp_path / "mlgate_checks.py").write_text(PLUGIN, encoding="utf-8")
    (tmp_path / "worker.py").write_text(ECHO, encoding="utf-8")
    (tmp_path / "engines").mkdir()
    return tmp_path


def mounted(project: Path, script: str) -> str:
    """What the script prints, which has `$build NAME`; its mounts are gone with it."""
    build = f"'{sys.executable}' -m mlgate engines build"
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", f"build=\"{build}\"\n{dedent(script)}"],
        cwd=project, env={"MLGATE_ENGINES": "engines", "PATH": os.environ["PATH"], "HOME": str(project)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def test_a_cache_that_is_mounted_read_only_is_used_and_not_built_into(project: Path) -> None:
    """What was built before serves; what is not built is a sentence with the way out."""
    said = mounted(
        project,
        """
        mount -t tmpfs none engines
        eval "$build small"
        mount -o remount,ro engines
        eval "$build small"
        eval "$build large"
        """,
    )
    told = [line for line in said.strip().splitlines() if not line.startswith("mlgate: building")]
    built, used, refused = told
    assert built.startswith("small: built in ")
    assert used == f"{built}, before"
    assert f"large is not built yet, and nothing can be written to {project / 'engines'}: Read-only" in refused
    assert "Name another folder with MLGATE_ENGINES" in refused


def test_a_disk_that_is_full_during_the_build_is_a_sentence_and_keeps_what_was_there(
    project: Path, make_wheel: Callable[..., None]
) -> None:
    """Eight MiB do not go into four, by uv or by pip; another engine's environment stays as it was."""
    make_wheel(project, "thing", "1.0", ballast=8 << 20)
    said = mounted(
        project,
        """
        mount -t tmpfs -o size=4m none engines
        eval "$build small"
        eval "$build large --wheels ."
        eval "$build small"
        ls -A engines
        """,
    )
    assert "No space left on device" in said
    assert "Make room there, or name another place with MLGATE_ENGINES." in said
    assert "Traceback" not in said
    assert ", before" in said
    assert "\n.building-" not in said
