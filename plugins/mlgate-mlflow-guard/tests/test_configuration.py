"""The configuration: what is wrong is said in one sentence with its line, and the server does not start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mlgate import UsageError
from mlgate_mlflow_guard import configuration

GOOD = 'version = 1\nkeys = ["release.pem.pub"]\n\n[[protect]]\naliases = ["champion"]\n'


def mistake(keys: Any, text: str) -> str:
    path = keys.folder / "mistake.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        configuration.read(path)
    return str(caught.value).replace(str(path), "guard.toml")


def test_a_small_one(keys: Any) -> None:
    """One key and one alias; every model is meant, and a verdict asked for."""
    path = keys.folder / "small.toml"
    path.write_text(GOOD)
    found = configuration.read(path)
    demand = found.policy.demand("anything", "champion")
    assert demand is not None
    assert (demand.threshold, demand.require_attestation, demand.break_glass) == (1, True, False)
    assert found.attestation_keys == found.keys
    assert found.policy.stage("anything", "PRODUCTION")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("version = 1", "version = 2", "guard.toml:1: version = 1 has to stand in it."),
        ("keys = [", "keyz = [", "guard.toml:2: there is no keyz here; known are attestation_keys, keys, max_bytes,"),
        ("release", "nowhere", "guard.toml:2: the key "),
        ('["release.pem.pub"]', "[]", "guard.toml:2: keys is a list of public keys"),
        ('["release.pem.pub"]', '["release.pem.pub", "release.pem.pub"]', "guard.toml:2: keys names one key twice."),
        ("release.pem.pub", "release.pem", "guard.toml:2: "),
        ('["champion"]', '"champion"', "guard.toml:5: aliases is a list of names or patterns"),
        ("aliases", "alias", "guard.toml:5: there is no alias here; known are aliases,"),
        ('["champion"]', '["champion"]\nthreshold = 2', "guard.toml:6: threshold is a number from 1 to 1"),
        ('["champion"]', '["champion"]\nbreak_glass = 1', "guard.toml:6: break_glass is true or false."),
        ('["champion"]', '["champion"]\nmax_age = "7"', "guard.toml:6: max_age is a time, like "),
        ('["champion"]', '["champion"]\nmax_age = 7', "guard.toml:6: max_age is a time, like "),
        ('keys = ["', 'max_bytes = 0\nkeys = ["', "guard.toml:2: max_bytes is a number above 0."),
        ("[[protect]]", "[protect]", "guard.toml:4: at least one [[protect]] has to say what is protected."),
        ("version = 1", "version = ", "guard.toml is no TOML: Invalid value (at line 1, column 11)."),
    ],
)
def test_a_mistake(keys: Any, old: str, new: str, told: str) -> None:
    """File, line, what was expected."""
    assert mistake(keys, GOOD.replace(old, new)).startswith(told)


def test_a_server_without_a_configuration_does_not_start(tmp_path: Path, database: Path) -> None:
    """Exit code 1 and one sentence, before any port is opened."""
    environment = {key: value for key, value in os.environ.items() if key != "MLGATE_GUARD"}
    uri = f"sqlite:///{database}"
    done = subprocess.run(
        [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", uri, "--registry-store-uri", f"mlgate:{uri}"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "mlgate's guard does not start: the variable MLGATE_GUARD does not name its configuration. "
        "docs/guard.md of mlgate shows one."
    )
    assert "Traceback" not in done.stderr


def test_the_entry_point_costs_nothing() -> None:
    """Every command of MLflow loads it."""
    heavy = "('mlflow', 'sqlalchemy', 'mlgate')"
    code = f"import sys, mlgate_mlflow_guard.entry; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
