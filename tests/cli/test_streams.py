"""Nobody listens, or the disk that takes the words is full: the command does what it was asked all the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="closes descriptors in a shell, and needs /dev/full")
CHECKS = """
from mlgate import Measurement, check

@check("toy.one", default={"at_least": 0.5})
def one():
    '''One.'''
    return Measurement.exact(1, n=1)
"""
LOST = "mlgate: not all of this could be written to the standard output: No space left on device.\n"
DEAF = {
    "nobody listens": ("{} | true; exit ${{PIPESTATUS[0]}}", 0, None),
    "output is closed": ("{} >&-", 0, None),
    "errors are closed": ("{} 2>&-", 0, None),
    "all is closed": ("{} >&- 2>&- <&-", 0, None),
    "output is full": ("{} > /dev/full", 3, LOST),
    "errors are full": ("{} 2> /dev/full", 0, None),
}


@pytest.mark.parametrize(("shell", "code", "said"), DEAF.values(), ids=DEAF)
def test_a_run_ends_as_if_somebody_listened(shell: str, code: int, said: str | None, tmp_path: Path) -> None:
    """The record is whole, the report is written, and the exit code is the verdict's, where nothing was lost."""
    (tmp_path / "mlgate_checks.py").write_text(CHECKS)
    run = f"{sys.executable} -m mlgate run --checks toy.one --report junit=out.xml"
    ran = subprocess.run(["bash", "-c", shell.format(run)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == code
    assert "Traceback" not in ran.stderr
    assert said is None or ran.stderr.endswith(said)
    (record,) = tmp_path.glob(".mlgate/runs/*/record.json")
    assert json.loads(record.read_text())["verdict"]["decision"] == "allowed"
    assert (tmp_path / "out.xml").read_text().startswith("<?xml")
