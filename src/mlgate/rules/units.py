"""Numbers with a unit, as `50ms` or `5%`, and their conversion to the unit of a measurement."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from mlgate.rules.numbers import LABEL, in_unit, stated

_SIZES: dict[str, dict[str, float]] = {
    "a time": {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0},
    "a size": {
        **{"B": 1.0, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12},
        **{"KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30, "TiB": 2.0**40},
    },
    "a share": {"1": 1.0, "%": 0.01},
    "a rate": {"1/s": 1.0, "/s": 1.0, "rps": 1.0, "1/min": 1 / 60, "/min": 1 / 60},
}
_BASES = {"a time": "s", "a size": "B", "a share": "1", "a rate": "1/s"}
_QUANTITY = re.compile(r"\s*([+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(\S.*?)?\s*")


class UnitError(ValueError):
    """A number whose unit is missing, unknown or of another kind; the text is a sentence without its full stop."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A finite number as it was written, with its unit where it has one."""

    value: float
    unit: str | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise UnitError(f"a bound is a finite number, not {self.value}")

    def __str__(self) -> str:
        return in_unit(stated(self.value), self.unit or "1")

    @classmethod
    def parse(cls, text: str) -> Quantity:
        """`50ms`, `0.5 s`, `5%`, `12`. Raises `UnitError` where no finite number stands first."""
        match = _QUANTITY.fullmatch(text)
        value = float(match[1].replace("_", "")) if match else math.nan
        if match is None or not math.isfinite(value):
            raise UnitError(f'"{text}" is not a number with a unit, as "50ms"')
        return cls(value, match[2])

    def to(self, unit: str) -> float:
        """The number in `unit`. Raises `UnitError` where that can't be told from what was written."""
        if self.unit == unit:
            return self.value
        kind = _kind(unit)
        if self.unit is None:
            if kind is None or unit == "1":
                return self.value
            raise UnitError(
                f'{self} has no unit, and what is measured is in {unit}: write "{in_unit(str(self), unit)}"'
            )
        if kind is None or self.unit not in _SIZES[kind]:
            raise UnitError(f"{self} can't be compared with what is measured in {_said(unit)}")
        return self.value * (_SIZES[kind][self.unit] / _SIZES[kind][unit])


def in_base_unit(value: float, unit: str) -> tuple[float, str]:
    """The number in seconds, bytes, shares of 1 or per second, and that unit; others stay as they are."""
    kind = _kind(unit)
    return (value, unit) if kind is None else (value * _SIZES[kind][unit], _BASES[kind])


def _kind(unit: str) -> str | None:
    return next((kind for kind, units in _SIZES.items() if unit in units), None)


def _said(unit: str) -> str:
    kind = _kind(unit)
    if unit == "1":
        return "plain numbers (unit 1); the units that fit are: %"
    if unit == LABEL:
        return "the label's unit: write the number alone"
    others = [name for name in _SIZES[kind] if name != unit] if kind else []
    return f"{unit}" + (f"; the units that fit are: {', '.join([unit, *others])}" if others else "")
