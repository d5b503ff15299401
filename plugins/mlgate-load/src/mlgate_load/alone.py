"""How a check of this family measures: never beside another, and with what the run has settled for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from mlgate import Counted, Measurement
from mlgate_load.bench import Bench
from mlgate_load.options import LoadOptions, TargetOptions


def alone(measure: Callable[..., Measurement]) -> Callable[..., Measurement]:
    """Wraps a check's function: the bench is held for it, and what the bench has to say beside is noted."""

    @wraps(measure)
    def held(load_bench: Bench, *, options: TargetOptions, **own: object) -> Measurement:
        asked = load_bench.settled(options)
        with load_bench.alone() as notes:
            measured = measure(load_bench, options=asked, **own)
        counted = Counted.REQUESTS if isinstance(options, LoadOptions) else Counted.ROWS
        return replace(measured, counted=counted, notes=(*measured.notes, *notes))

    return held
