"""What a sandbox keeps a model from, put into the words of a record."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.results import Sandbox, SandboxLevel
from mlgate.sandbox.confining import Means
from mlgate.sandbox.landlock import WHOLE


def sandbox_with(means: Means) -> Sandbox:
    """What a process that is confined with these means is kept from, and what it is not."""
    lacks = tuple(_lacks(means))
    if not lacks:
        return Sandbox(SandboxLevel.FULL)
    some = means.landlock > 0 or means.seccomp
    return Sandbox(SandboxLevel.PARTIAL if some else SandboxLevel.NONE, lacks)


def _lacks(means: Means) -> Iterator[str]:
    if means.landlock == 0:
        yield "files (no Landlock here)"
    elif means.landlock < WHOLE:
        yield f"truncating files, and TCP (Landlock of ABI {means.landlock}; {WHOLE} is needed)"
    if not means.seccomp:
        yield "the network, other processes and the kernel (no seccomp here)"
    if not means.limits:
        yield "memory and processor time (no limits on resources here)"
