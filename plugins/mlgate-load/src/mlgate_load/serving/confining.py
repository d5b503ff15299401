"""What a served model may reach: what an opened one may, and the connections that come in on one socket."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlgate.sandbox.confining import Confinement, Means
from mlgate.sandbox.limits import Limits
from mlgate.sandbox.reach import module_path, reach_of
from mlgate.sandbox.standing import sandbox_with


def confined(model: Path, own: Path) -> Mapping[str, Any]:
    """The confinement of a worker and where it finds modules, as its setup has them; `own` is where it may write."""
    path = module_path()
    reach = reach_of([model], own.resolve(), path)
    confinement = Confinement(Means.here(), Limits.of_machine(), reach, parent=0, listening=True)
    return {"confinement": confinement.to_json(), "path": path, "model": str(model)}


def sandbox_said() -> str:
    """The sandbox that a model is served in here, as a sentence of a record."""
    sandbox = sandbox_with(Means.here())
    lacks = f": without {'; '.join(sandbox.lacks)}" if sandbox.lacks else ""
    return f"Served in a sandbox that is {sandbox.level}{lacks}."
