"""The one command that proves the project, and what it installs."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest

PLAIN_PIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?==[0-9][A-Za-z0-9.+!]*")


def test_the_proof_runs_the_test_command_of_the_readme(root: Path) -> None:
    """`.ci/run` does what the README tells a stranger to do."""
    script = root / ".ci" / "run"
    text = script.read_text(encoding="utf-8")
    assert os.access(script, os.X_OK)
    assert text.startswith("#!")
    assert "pip install tox && tox run" in (root / "README.md").read_text(encoding="utf-8")
    assert re.search(r"^exec .*-m tox run$", text, re.MULTILINE)


def test_the_constraints_are_plain_pins(root: Path) -> None:
    """Every line is `name==version`, sorted, so that any installer reads it and no index is named."""
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not PLAIN_PIN.fullmatch(line)] == []
    names = [line.partition("==")[0] for line in lines]
    assert names == sorted(set(names))


def test_no_package_index_is_named(own_files: tuple[Path, ...]) -> None:
    """Where packages come from is the user's configuration."""
    hosts = [b"py" + b"pi.org", b"pythonhosted" + b".org", b"--index" + b"-url", b"--extra-index" + b"-url"]
    naming = [path for path in own_files if any(host in path.read_bytes() for host in hosts)]
    assert naming == []


@pytest.mark.parametrize(
    "distribution",
    [".", *(f"plugins/mlgate-{each}" for each in ("mlflow", "mlflow-guard", "performance", "security"))],
)
def test_every_dependency_says_why(distribution: str, root: Path) -> None:
    """A dependency without a reason is one too many."""
    text = (root / distribution / "pyproject.toml").read_text(encoding="utf-8")
    needed = [*tomllib.loads(text)["project"]["dependencies"]]
    explained = [name for name in needed if re.search(rf'^\s*"{re.escape(name)}",\s+# \S', text, re.MULTILINE)]
    own = [name for name in needed if name.startswith("mlgate")]
    assert sorted([*explained, *own]) == sorted(needed)


def test_every_environment_of_tox_is_described(root: Path) -> None:
    """`tox list` tells a stranger what each environment is for."""
    sections = re.split(r"^\[", (root / "tox.ini").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    environments = {section.partition("]")[0]: section for section in sections if section.startswith("testenv")}
    assert [name for name, section in environments.items() if "\ndescription = " not in section] == []
