"""Whether one check behaves: the same measurement twice, and nothing changed behind anybody's back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlgate.checks import Check
from mlgate.errors import NotApplicable
from mlgate.results import Measurement
from mlgate.testing.fingerprints import fingerprint
from mlgate.testing.measuring import measure


def problems_of_run(check: Check, given: Mapping[str, object]) -> Iterator[str]:
    """One sentence per problem. Options keep their defaults; a check with a required one is not run."""
    if any(option.required for option in check.options):
        return
    resources = {name: given[name] for name in (*check.resources, *check.optional) if name in given}
    before = {name: fingerprint(resource) for name, resource in resources.items()}
    try:
        first, second = _measured(check, resources), _measured(check, resources)
    except Exception as error:
        yield f"{check.id}: it raised {type(error).__name__}: {error}"
        return
    if first != second:
        yield f"{check.id}: it measured something else the second time: a check that draws at random needs a seed."
    for name, resource in resources.items():
        if fingerprint(resource) != before[name]:
            yield f"{check.id}: it changed the resource {name!r}, which later checks are given too."


def _measured(check: Check, resources: Mapping[str, object]) -> Measurement | None:
    try:
        return measure(check, **resources)
    except NotApplicable:
        return None
