"""Asks for advisories on the packages that our own runs install. Where nobody answers, it says so and fails nothing.

python ci/audit.py
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

CONSTRAINTS = Path(__file__).resolve().parent.parent / "constraints.txt"
PATIENCE = 120


def main() -> int:
    """1 where an advisory is known, 0 where none is or nobody could be asked."""
    command = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "--progress-spinner", "off", "--format"]
    command += ["json", "--timeout", "10", "--requirement", str(CONSTRAINTS)]
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603 # no shell
            command, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        print("No advisories were read: pip-audit had no answer in time.")
        return 0
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        print(f"No advisories were read: {(done.stderr.strip().splitlines() or ['pip-audit said nothing.'])[-1][:300]}")
        return 0
    found = [
        (package["name"], package["version"], each["id"]) for package in packages for each in package.get("vulns", ())
    ]
    for name, version, advisory in found:
        print(f"{name} {version}: {advisory}")
    print(f"{len(packages)} packages, {len(found)} advisories.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
