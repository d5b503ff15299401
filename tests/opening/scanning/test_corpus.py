"""84 model files with the verdict that their maker wrote down; none of them may run anything."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "data" / "model_files"
CHILD = Path(__file__).with_name("scanning_child.py")


def test_every_verdict_is_the_expected_one_and_nothing_runs() -> None:
    """27 dangerous, 57 harmless; the child ends at the first event that only an execution raises."""
    if not CORPUS.is_dir():
        pytest.skip(f"the corpus of model files is not here: {CORPUS}")
    expected = {entry["file"]: entry["expect"] for entry in json.loads((CORPUS / "manifest.json").read_text())}
    done = subprocess.run(
        [sys.executable, str(CHILD)], input=json.dumps([str(CORPUS / name) for name in expected]),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = {str(Path(path).relative_to(CORPUS)): bool(count) for path, count in json.loads(done.stdout).items()}
    assert found == {name: verdict == "dangerous" for name, verdict in expected.items()}
