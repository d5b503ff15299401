"""What a check returns: a finite value with its spread, or findings; never a verdict, never NaN."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, stdev

from mlgate.results.outcome import Counted, JudgedBy, Severity
from mlgate.stats import Estimate, Interval, Spread
from mlgate.stats.quantiles import upper_quantile

IN_DOUBT = "In doubt: "
"""A note that begins so says why a number may mislead: reports tell it wherever the check stands."""

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file; `line` counts from 1."""

    file: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, for `no_findings` rules and for people."""

    message: str
    severity: Severity = Severity.MEDIUM
    location: Location | None = None
    data: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SliceMeasurement:
    """The measurement on the rows where each column of `slice` has the value it names.

    Rows that no single values pick have a `condition` for people (`age < 25 and region = north`); `slice` then holds
    each column's part of it.
    `metric` names the number where it is not the measurement's own: the rate of a group, beside a difference of rates.
    """

    slice: Mapping[str, str]
    estimate: Estimate
    condition: str = ""
    metric: str | None = None

    @property
    def name(self) -> str:
        return self.condition or ", ".join(f"{column}={value}" for column, value in self.slice.items())


@dataclass(frozen=True, slots=True)
class Part:
    """A second number of one measurement, that a rule can name with `of`: a calibration slope, a p99."""

    name: str
    estimate: Estimate
    unit: str = "1"


@dataclass(frozen=True, slots=True)
class TooSmall:
    """A group of rows on which nothing can be decided: a measurement with one does not pass.

    `reason` follows the name: "has 12 rows, and a group needs 50 to be judged". `rows_needed` are further rows of
    this group, None where no number of them is known to help. `part` is the part of the measurement it belongs to.
    """

    name: str
    reason: str
    rows_needed: int | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same number of the champion on the same rows, and the paired difference candidate - champion.

    `higher_is_better` says which way the difference is good, where the check alone does not (its metric is an
    option); `bounded` whether the number lives in [0, 1] or [-1, 1], so that a rule's absolute `margin` is the one
    that applies, and else its `relative_margin`, a share of the champion's number.
    """

    champion: Estimate
    difference: Estimate
    higher_is_better: bool | None = None
    bounded: bool = True


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured number (`estimate`, in `unit`) with all that stands beside it, or findings alone.

    `parts` are further numbers of the same measurement, `slices` the same number on parts of the rows,
    `comparison` the champion's number on the same rows, `too_small` groups that keep it from passing. `notes` are
    sentences for the reader; `data` is what reports draw (a curve, a table), in JSON's types.
    `counted` is what `n` counts.
    """

    estimate: Estimate | None = None
    unit: str = "1"
    slices: tuple[SliceMeasurement, ...] = ()
    parts: tuple[Part, ...] = ()
    comparison: Comparison | None = None
    too_small: tuple[TooSmall, ...] = ()
    findings: tuple[Finding, ...] = ()
    judged_by: JudgedBy = JudgedBy.VALUE
    notes: tuple[str, ...] = ()
    data: Mapping[str, Json] = field(default_factory=dict)
    counted: Counted = Counted.ROWS

    @classmethod
    def exact(cls, value: float, *, n: int, unit: str = "1") -> Measurement:
        """A fact about the `n` rows seen, without sampling error: a count, a share of this very table."""
        return cls(Estimate(float(value), n), unit)

    @classmethod
    def uncertain(cls, value: float, *, n: int, interval: Interval, unit: str = "1") -> Measurement:
        """A value with the interval that another tool made for it; other levels are drawn from its width."""
        se = interval.half_width / upper_quantile((1 - interval.level) / 2)
        middle = (interval.low + interval.high) / 2
        return cls(Estimate(float(value), n, Spread(interval.method, se, centre=middle)), unit)

    @classmethod
    def mean(cls, values: Sequence[float], *, unit: str = "1") -> Measurement:
        """The mean of one number per row, with Student's interval; rows are taken as independent."""
        numbers = [float(value) for value in values]
        if len(numbers) < 2:
            raise ValueError(f"a mean with an interval needs at least two rows, not {len(numbers)}")
        se = stdev(numbers) / math.sqrt(len(numbers))
        spread = Spread("student", se, df=len(numbers) - 1)
        return cls(Estimate(fmean(numbers), len(numbers), spread), unit)
