"""Asks an OSV server: pip-audit which advisories there are, in a process of its own, then the server how bad they are.

Nothing is installed and nothing resolved: pip-audit gets pins, `--no-deps` and `--disable-pip`. It leaves the severity
out of its answer, so each advisory is looked up once more by its id.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from mlgate import CheckError, NotApplicable, Severity
from mlgate_security.dependencies.advisories import Advisory, graded
from mlgate_security.dependencies.asking import Unreachable, get_json, refuse_unreachable
from mlgate_security.environment import Pin

_AT_LEAST, _PER_PACKAGE = 60, 5
_UNREACHED = ("ConnectionError", "ConnectTimeout", "ReadTimeout", "Could not connect", "HTTPError", "ServiceError")


def audit(pins: Sequence[Pin], server: str, seconds: int) -> dict[Pin, list[Advisory]]:
    """The advisories of each pin that has any.

    Raises `NotApplicable` where the server can't be reached or refuses, `CheckError` where pip-audit failed.
    """
    try:
        refuse_unreachable(server, seconds)
    except Unreachable as error:
        raise _unreachable(server, str(error)) from error
    by_name = {(pin.name, pin.version): pin for pin in pins}
    found: dict[Pin, list[Advisory]] = {}
    for entry in _audited(pins, server, seconds):
        pin = by_name.get((entry["name"], entry["version"]))
        if pin is None or "skip_reason" in entry:
            raise CheckError(f"pip-audit did not look at {entry['name']}: {entry.get('skip_reason', 'unknown')}.")
        for vulnerability in entry["vulns"]:
            found.setdefault(pin, []).append(_advisory(vulnerability, server, seconds))
    return found


def _audited(pins: Sequence[Pin], server: str, seconds: int) -> Iterator[Mapping[str, Any]]:
    """pip-audit's word on every pin; it is started once for each layer of them."""
    with TemporaryDirectory(prefix="mlgate-audit-") as folder:
        for layer in _layers(pins):
            Path(folder, "requirements.txt").write_text(layer, "utf-8")
            yield from _asked(Path(folder), server, seconds, limit=_AT_LEAST + _PER_PACKAGE * len(pins))


def _asked(folder: Path, server: str, seconds: int, *, limit: int) -> list[Mapping[str, Any]]:
    command = [sys.executable, "-I", "-m", "pip_audit", "--no-deps", "--disable-pip", "--format", "json"]
    command += ["--progress-spinner", "off", "--vulnerability-service", "osv", "--osv-url", f"{server}/v1/query"]
    command += ["--timeout", str(seconds), "--cache-dir", str(folder / "cache")]
    command += ["--requirement", str(folder / "requirements.txt")]
    try:
        done = subprocess.run(  # noqa: S603  # nosec B603 # no shell; pins go in a file
            command, capture_output=True, text=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _unreachable(server, f"no answer within {limit} s") from error
    try:
        answer: dict[str, list[Mapping[str, Any]]] = json.loads(done.stdout)
    except ValueError as error:
        raise _failed(done.stderr, server) from error
    return answer["dependencies"]


def _layers(pins: Sequence[Pin]) -> list[str]:
    """Requirements of which none names a package twice: pip-audit refuses that, in one file and in several."""
    layers: list[dict[str, str]] = []
    for pin in pins:
        free = next((layer for layer in layers if pin.name not in layer), None)
        if free is None:
            layers.append(free := {})
        free[pin.name] = pin.version
    return ["".join(f"{name}=={version}\n" for name, version in layer.items()) for layer in layers]


def _advisory(vulnerability: Mapping[str, Any], server: str, seconds: int) -> Advisory:
    names = (str(vulnerability["id"]), *map(str, vulnerability.get("aliases", [])))
    summary = " ".join(str(vulnerability.get("description") or "no summary").split())[:300]
    severity = next(
        (found for name in sorted(names, key=_by_grading) if (found := _graded(name, server, seconds))), None
    )
    return Advisory(names, summary, severity, tuple(map(str, vulnerability.get("fix_versions", []))))


def _by_grading(name: str) -> int:
    """GitHub's advisories have a severity in words, PyPA's often a vector, and a CVE may not be there by that name."""
    return next((rank for rank, prefix in enumerate(("GHSA-", "PYSEC-")) if name.startswith(prefix)), 2)


def _graded(name: str, server: str, seconds: int) -> Severity | None:
    """How bad the server says it is; what it does not answer stays open, and is told so."""
    try:
        record = get_json(f"{server}/v1/vulns/{quote(name, safe='')}", seconds)
    except Unreachable:
        return None
    return graded(record) if isinstance(record, dict) else None


def _failed(said: str, server: str) -> Exception:
    lines = [line for line in said.strip().splitlines() if line.strip()]
    last = lines[-1].strip()[:300] if lines else "it said nothing"
    for word in _UNREACHED:
        if word in said:
            return _unreachable(server, word)
    return CheckError(f"pip-audit failed: {last}.")


def _unreachable(server: str, reason: str) -> NotApplicable:
    return NotApplicable(
        f"the advisories of {server} can't be asked for: {reason}.",
        hint='Reach it, or name a file: `advisories = "osv.json"`.',
    )
