"""From a scored table to one measurement: the worst gap, the groups behind it, and those too small to tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mlgate import CheckError, Json, Measurement, Part, SliceMeasurement, TooSmall
from mlgate_fairness.extremes import Block, Contrasts, Extreme, contrasts, extreme
from mlgate_fairness.shape import Shape
from mlgate_fairness.subjects import Method, Sizes, named, part_name
from mlgate_fairness.values import GroupValues


@dataclass(frozen=True, slots=True)
class Family:
    """One metric on the groups of one spec."""

    spec: tuple[str, ...]
    values: GroupValues


@dataclass(frozen=True, slots=True)
class Comparing:
    """How groups are compared: what is sought, with whom each is held, and how large a group has to be."""

    shape: Shape
    method: Method = "between_groups"
    sizes: Sizes = field(default_factory=Sizes)
    unit: str = "1"
    notes: tuple[str, ...] = ()

    def measure(self, families: Sequence[Family], rows: int) -> Measurement:
        """The worst of all families; one part for each spec, and one for each metric where there are several."""
        worst = self.worst(families, rows)
        if worst is None:
            raise CheckError(
                f"The {self.shape} is not defined: {_undefined(families, self.shape)}.",
                hint="The groups' own numbers are in `fairness.group_metrics`.",
            )
        return Measurement(
            worst.estimate,
            unit=self.unit,
            slices=tuple(slices(families)),
            parts=tuple(self._parts(families, rows)),
            too_small=tuple(sorted(self.small(families), key=lambda each: (each.name, each.reason))),
            notes=(*self._said(worst, families), *self.notes),
            data=self._where(worst, families),
        )

    def small(self, families: Sequence[Family]) -> set[TooSmall]:
        """The groups that no family can be judged on."""
        return {each for family in families for each in self.sizes.small(family.values, part_name(family.spec))}

    def worst(self, families: Sequence[Family], rows: int) -> Extreme | None:
        return extreme([self.contrasts(family.values) for family in families], rows)

    def contrasts(self, values: GroupValues) -> Contrasts:
        """What is held against what in one family."""
        block = Block(values, self.sizes.judged(values))
        return contrasts(block, self.shape, to_overall=self.method == "to_overall")

    def _parts(self, families: Sequence[Family], rows: int) -> list[Part]:
        by_name: dict[str, list[Family]] = {}
        for family in families:
            by_name.setdefault(part_name(family.spec), []).append(family)
        metrics = {family.values.metric for family in families}
        for family in families if len(metrics) > 1 else ():
            by_name.setdefault(family.values.metric.replace(" ", "_"), []).append(family)
        found = {name: self.worst(some, rows) for name, some in by_name.items()}
        return [Part(name, each.estimate, self.unit) for name, each in found.items() if each is not None]

    def _said(self, worst: Extreme, families: Sequence[Family]) -> tuple[str, ...]:
        values = families[worst.block].values
        here = f"{named(values.keys[worst.group])} ({values.value[worst.group]:.4g})"
        if self.shape is Shape.LEVEL:
            return (f"The largest {values.metric} is that of {here}.",)
        place = values.groups if worst.other is None else worst.other
        there = f"all rows ({values.value[place]:.4g})"
        if worst.other is not None:
            there = f"{named(values.keys[place])} ({values.value[place]:.4g})"
        ends = "The smallest ratio" if self.shape is Shape.RATIO else "The largest difference"
        return (f"{ends} is that of the {values.metric} between {here} and {there}.",)

    def _where(self, worst: Extreme, families: Sequence[Family]) -> Mapping[str, Json]:
        values = families[worst.block].values
        group: dict[str, Json] = {**values.keys[worst.group]}
        other: dict[str, Json] | None = None if worst.other is None else {**values.keys[worst.other]}
        return {"metric": values.metric, "group": group, "against": other, "method": self.method}


def slices(families: Sequence[Family]) -> list[SliceMeasurement]:
    """Every group's own value, where it has one."""
    return [
        SliceMeasurement(keys, values.estimate(place), metric=values.metric)
        for values in (family.values for family in families)
        for place, keys in enumerate(values.keys)
        if values.defined[place]
    ]


def _undefined(families: Sequence[Family], shape: Shape) -> str:
    metrics = sorted({family.values.metric for family in families})
    if shape is Shape.RATIO:
        return f"no group has a {' or '.join(metrics)} above 0"
    return f"no two groups have a {' or '.join(metrics)}"
