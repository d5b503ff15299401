"""Groups too small to be judged: they keep a rule from passing, and never make it fail."""

from __future__ import annotations

from dataclasses import replace

from mlgate.results import Measurement, Outcome, TooSmall
from mlgate.rules.judgement import Judgement
from mlgate.rules.numbers import count, roughly


def held_back(judged: Judgement, measurement: Measurement, part: str | None = None) -> Judgement:
    """The judgement, inconclusive at best where groups of the measurement (or of its `part`) are too small."""
    small = [each for each in measurement.too_small if part is None or each.part == part]
    if not small or judged.outcome not in (Outcome.PASSED, Outcome.INCONCLUSIVE):
        return judged
    least = min(small, key=lambda each: (each.rows_needed is None, each.rows_needed or 0))
    others = f" (and {count(len(small) - 1, 'more group')} like it)" if len(small) > 1 else ""
    link = ", but" if judged.outcome is Outcome.PASSED else "; and"
    reason = f"{judged.reason}{link} {least.name} {least.reason}{others}{_advice(least)}"
    return replace(judged, outcome=Outcome.INCONCLUSIVE, reason=reason, rows_needed=judged.rows_needed or _most(small))


def _advice(least: TooSmall) -> str:
    return "" if least.rows_needed is None else f": {roughly(least.rows_needed)} more rows of it would do"


def _most(small: list[TooSmall]) -> int | None:
    return max((each.rows_needed for each in small if each.rows_needed is not None), default=None)
