"""`security.dependencies`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mlgate import CheckError, Finding, Measurement, NotApplicable, Severity, check
from mlgate_security.dependencies.advisories import Advisory, matching, read_advisories
from mlgate_security.dependencies.asking import Unreachable
from mlgate_security.dependencies.auditing import audit
from mlgate_security.dependencies.yanked import configured_index, yanked
from mlgate_security.environment import Environment, Loose, Pin, environment_of
from mlgate_security.files import model_folder


@check("security.dependencies", better="lower", default={"no_findings": "critical"})
def dependencies(
    candidate: object,
    folder: Path,
    *,
    advisories: str | None = None,
    known_exploited: str | None = None,
    server: str | None = None,
    index: str | None = None,
    ignore: tuple[str, ...] = (),
    timeout: int = 15,
) -> Measurement:
    """Known weaknesses of the packages that the model pins, and what it leaves unpinned.

    What is judged is the model's own environment (`requirements.txt`, `conda.yaml`, `python_env.yaml` in its folder),
    not the one that the gate runs in. Nothing is installed, downloaded or resolved.

    Nobody is asked over the network unless you say so. `advisories = "osv.json"` is a list of OSV records in a file
    beside the gate file: nothing leaves the machine. `server = "https://api.osv.dev"` has pip-audit ask that OSV
    server: names and versions of the packages leave the machine. With neither, and where the server does not answer
    within `timeout` seconds, the check is skipped with that reason; where the gate file states the check, that denies.

    A finding has the severity that the advisory's database states, or that of its CVSS 3 vector; high where neither
    is there. With `known_exploited`, a file in the format of CISA's catalogue, what stands in it is critical. By
    default a critical finding blocks. `ignore` are advisories (any of their ids) that are known not to matter.

    Findings of medium severity: a package that is not pinned to one version, that comes from an address or folder,
    that is sought in another index, or a version that its authors took back (yanked; with a `server`, the `index` that
    pip is configured with is asked, or the one that you name). conda's packages are looked up by their name among
    Python's.

    ## What to do
    Log the model again with a version in which the weakness is mended; the finding names the first. Pin every package
    (`pip freeze`). If the weakness can't be reached in this model, write a waiver, or `ignore` its id.
    """
    environment = environment_of(model_folder(candidate))
    exploited = _exploited(folder / known_exploited) if known_exploited is not None else frozenset()
    pins = environment.pins
    if advisories is not None:
        records = read_advisories(folder / advisories)
        weak = {pin: list(matching(records, pin)) for pin in pins}
        withdrawn, notes = [], [f"{len(records):,} advisories of a file were looked at; no index was asked."]
    elif server is not None:
        weak = audit(pins, server.rstrip("/"), timeout) if pins else {}
        withdrawn, notes = list(_taken_back(pins, index, timeout)), []
    else:
        raise NotApplicable(
            "nobody was asked about known weaknesses: the check has no source of advisories.",
            hint='Name a file, `advisories = "osv.json"`, or a server, `server = "https://api.osv.dev"`.',
        )
    found = [
        *(_weak(pin, each, exploited) for pin, all in weak.items() for each in all if not {*each.names} & {*ignore}),
        *withdrawn,
        *(_loose(line) for line in environment.loose),
    ]
    return Measurement(
        estimate=Measurement.exact(len(found), n=len(environment.pins), unit="findings").estimate,
        unit="findings",
        findings=tuple(found),
        notes=(*notes, *_told(environment)),
    )


def _weak(pin: Pin, advisory: Advisory, exploited: frozenset[str]) -> Finding:
    attacked = bool(exploited & {*advisory.names})
    severity = Severity.CRITICAL if attacked else advisory.severity or Severity.HIGH
    graded = "" if advisory.severity or attacked else " Nobody graded it: it counts as high."
    used = " It is known to be exploited." if attacked else ""
    mended = f" Mended in {', '.join(advisory.fixed)}." if advisory.fixed else " No version mends it."
    return Finding(
        f"{pin}: {advisory.id}: {advisory.summary.rstrip('.')}.{mended}{used}{graded}",
        severity,
        pin.place,
        {"package": pin.name, "version": pin.version, "advisories": list(advisory.names), "fixed": [*advisory.fixed]},
    )


def _taken_back(pins: Sequence[Pin], index: str | None, timeout: int) -> Iterator[Finding]:
    """A version of which nobody knows whether it was yanked is a finding too: unknown is not well."""
    asked = index or configured_index()
    if not pins:
        return
    try:
        if asked is None:
            raise Unreachable("no index is known; name one with `index`")
        found: Mapping[Pin, str] = yanked(pins, asked, timeout)
    except Unreachable as error:
        yield Finding(f"Whether a version was yanked could not be asked: {error}.", Severity.LOW, pins[0].place)
        return
    for pin, reason in found.items():
        yield Finding(f"{pin} was yanked by its authors: {reason}.", Severity.MEDIUM, pin.place)


def _loose(line: Loose) -> Finding:
    return Finding(f"{line.text!r} {line.fault}.", Severity.MEDIUM, line.place, {"fault": line.fault.name.lower()})


def _told(environment: Environment) -> Iterator[str]:
    yield f"{len(environment.pins):,} pinned packages of {', '.join(environment.files)}."
    conda = sum(pin.conda for pin in environment.pins)
    if conda:
        yield f"{conda:,} of them are conda's, looked up by their name among Python's."


def _exploited(path: Path) -> frozenset[str]:
    try:
        content = json.loads(path.read_bytes())
        return frozenset(str(each["cveID"]) for each in content["vulnerabilities"])
    except OSError as error:
        raise CheckError(f"{path.name} can't be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CheckError(
            f"{path.name} is no catalogue of exploited weaknesses.", hint="CISA publishes one in JSON."
        ) from error
