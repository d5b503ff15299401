"""How a check of this family is declared: the shared options are written once, and stand in every check's signature."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, get_type_hints

from mlgate import Check, Counted, Measurement, check
from mlgate_load.bench import Bench
from mlgate_load.options import LoadOptions, TargetOptions, defaults_of

Measure = Callable[..., Measurement]


def load_check(
    id: str,
    options: type[TargetOptions],
    *,
    better: str = "neither",
    unit: str = "1",
    default: dict[str, object] | None = None,
    parts: Mapping[str, str] | None = None,
) -> Callable[[Measure], Check]:
    """A check of a function (bench, options, *, more of its own): on request alone, and never beside another."""

    def declare(function: Measure) -> Check:
        own = [each for each in inspect.signature(function).parameters.values() if each.kind is each.KEYWORD_ONLY]
        hints = get_type_hints(function, include_extras=True)
        names = {parameter.name for parameter in own}
        preset = {each.name: each.default for each in own if each.default is not each.empty}
        shared = [each for each in fields(options) if each.name not in names]

        def measure(load_bench: Bench, **given: Any) -> Measurement:
            said = {**preset, **given}
            kept = {each.name: said[each.name] for each in fields(options) if each.name in said}
            asked = load_bench.settled(options(**kept))
            with load_bench.alone() as notes:
                measured = function(load_bench, asked, **{name: given[name] for name in given if name in names})
            counted = Counted.REQUESTS if issubclass(options, LoadOptions) else Counted.ROWS
            return replace(measured, counted=counted, notes=(*measured.notes, *notes))

        types = get_type_hints(options, include_extras=True)
        defaults = defaults_of(options)
        keyword = inspect.Parameter.KEYWORD_ONLY
        parameters = [
            inspect.Parameter("load_bench", inspect.Parameter.POSITIONAL_OR_KEYWORD),
            *(each.replace(annotation=hints[each.name]) for each in own),
            *(inspect.Parameter(e.name, keyword, default=defaults[e.name], annotation=types[e.name]) for e in shared),
        ]
        measure.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        measure.__annotations__ = {each.name: each.annotation for each in parameters[1:]}
        measure.__doc__ = function.__doc__
        made = check(id, better=better, unit=unit, default=default, on_request=True, parts=parts)(measure)
        code = function.__code__
        return replace(made, source=f"{code.co_filename}:{code.co_firstlineno}")

    return declare
