"""Run one check as the runner does, without a run."""

from __future__ import annotations

from mlgate.checks import Check
from mlgate.results import CheckRun, Measurement, RunStatus
from mlgate.results.record_json import run_from_json, run_to_json


def measure(check: Check, /, **given: object) -> Measurement:
    """What `check` measures with these resources and options, by name: `measure(auc, scored_test=table)`.

    Raises `TypeError` where a resource is missing, a name is unknown or no measurement comes back, `RecordError` where
    the measurement can't be recorded, and whatever the check raises.
    """
    named = {*check.optional, *(option.name for option in check.options)}
    missing = [name for name in check.resources if name not in given]
    unknown = [name for name in given if name not in {*check.resources, *named}]
    if missing:
        raise TypeError(f"{check.id} asks for {', '.join(missing)}: hand it over by name")
    if unknown:
        raise TypeError(f"{check.id} has no resource or option {', '.join(unknown)}")
    measured = check.measure(
        *(given[name] for name in check.resources), **{name: given[name] for name in given if name in named}
    )
    if not isinstance(measured, Measurement):
        raise TypeError(f"{check.id} returned {type(measured).__name__}, where a Measurement is expected")
    run_from_json(run_to_json(CheckRun(check.id, RunStatus.MEASURED, 0.0, measured)))
    return measured
