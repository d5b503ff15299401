"""Whether a model may be opened: nothing was found in it, or somebody vouches for exactly these bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlgate.errors import ModelClosed
from mlgate.results import Finding, Severity
from mlgate.rules.numbers import count

if TYPE_CHECKING:
    from mlgate.opening.road import StagedModel

_WORST_FIRST = tuple(Severity)[::-1]
_LONGEST = 300


def refuse_findings(model: StagedModel) -> None:
    """Raises `ModelClosed` where something was found that the model's terms don't let pass."""
    if model.inspection is None:
        return
    left = model.inspection.found().against(trusted=model.is_trusted, allow_code=model.terms.allow_code)
    if left:
        worst = min(left, key=lambda finding: _WORST_FIRST.index(finding.severity))
        more = f" (and {count(len(left) - 1, 'more finding')})" if len(left) > 1 else ""
        said = worst.message[:_LONGEST].rstrip(".")
        raise ModelClosed(f"The model {model.uri} stays closed: {said}{more}.", hint=_way_out(model, left))


def overridden(model: StagedModel, *, trusted: bool) -> tuple[Finding, ...]:
    """What the one half of the model's terms lets pass, trust in its digest or its leave to bring code."""
    if model.inspection is None or not (model.is_trusted if trusted else model.terms.allow_code):
        return ()
    found = model.inspection.found()
    left = found.against(trusted=trusted, allow_code=not trusted)
    return tuple(finding for finding in found.findings if finding not in left)


def _way_out(model: StagedModel, left: tuple[Finding, ...]) -> str:
    assert model.inspection is not None
    if any(each in left for each in model.inspection.found().unbound):
        return "A verdict binds only the files inside the folder; log the model again with its files in it."
    code = model.inspection.found().against(trusted=False, allow_code=True)
    allow = "" if code else " `allow_code = true` lets every version bring its own code."
    return (
        f"If you vouch for exactly these bytes: `mlgate run --trust-model {model.digest}`, or `trust` beside `model` "
        f"in the gate file.{allow}"
    )
