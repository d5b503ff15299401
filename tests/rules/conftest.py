"""Measurements that a reader can check in the head: an interval of 95% is the value plus and minus `width`."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.results import CheckRun, Comparison, JudgedBy, Measurement, RunStatus, SliceMeasurement
from mlgate.rules import CheckRules, Judgement, parse_rules
from mlgate.stats import Estimate, Spread

Z95 = 1.959963984540054


class Make:
    """Builders of what rules are held against."""

    @staticmethod
    def estimate(value: float, width: float, n: int = 300, support: int | None = None) -> Estimate:
        return Estimate(value, n, Spread("normal", width / Z95), support)

    def number(self, value: float, width: float, n: int = 300, **facts: Any) -> Measurement:
        return Measurement(self.estimate(value, width, n), **facts)

    def compared(self, difference: float, width: float, n: int = 3000, **facts: bool) -> Measurement:
        """A candidate beside a champion that measures 0.8."""
        comparison = Comparison(self.estimate(0.8, 0.02, n), self.estimate(difference, width, n), **facts)
        return Measurement(self.estimate(0.8 + difference, 0.02, n), comparison=comparison)

    def sliced(self, **slices: tuple[float, float, int]) -> Measurement:
        """Judged by slices of the column sex: its value, and value, width, rows of the number there."""
        return Measurement(
            self.estimate(0.8, 0.01, 5000),
            judged_by=JudgedBy.SLICES,
            slices=tuple(SliceMeasurement({"sex": name}, self.estimate(*numbers)) for name, numbers in slices.items()),
        )

    @staticmethod
    def judged(table: dict[str, object], measurement: Measurement, better: str = "higher") -> Judgement:
        """What the one rule of `table` says at 95%."""
        (rule,) = parse_rules(table)
        return rule.judge(measurement, 0.95, better)

    @staticmethod
    def run(check: str, measurement: Measurement, **facts: Any) -> CheckRun:
        return CheckRun(check, RunStatus.MEASURED, 0.1, measurement, **facts)

    @staticmethod
    def held(check: str, table: dict[str, object], **facts: Any) -> CheckRules:
        """What a gate file's table for `check` asks."""
        return CheckRules(check, parse_rules(table, where="mlgate.toml:3"), better="higher", required=True, **facts)


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()
