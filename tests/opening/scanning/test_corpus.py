"""84 model files with the verdict that their maker wrote down; none of them may run anything."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

CHILD = Path(__file__).with_name("scanning_child.py")


def test_every_verdict_is_the_expected_one_and_nothing_runs(shared_data: Path) -> None:
    """27 dangerous, 57 harmless; the child ends at the first event that only an execution raises."""
    corpus = shared_data / "model_files"
    expected = {entry["file"]: entry["expect"] for entry in json.loads((corpus / "manifest.json").read_text())}
    done = subprocess.run(
        [sys.executable, str(CHILD)], input=json.dumps([str(corpus / name) for name in expected]),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = {str(Path(path).relative_to(corpus)): bool(count) for path, count in json.loads(done.stdout).items()}
    assert found == {name: verdict == "dangerous" for name, verdict in expected.items()}
