"""From a scored table to one measurement: the worst gap, the groups behind it, and those too small to tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mlgate import CheckError, Json, Measurement, Part, SliceMeasurement, TooSmall
from mlgate_fairness.extremes import Block, Contrasts, Extreme, Place, contrasts, extreme, furthest
from mlgate_fairness.shape import Shape
from mlgate_fairness.subjects import Method, Sizes, named, part_name
from mlgate_fairness.values import GroupValues

_ENDS = {
    Shape.DIFFERENCE: "The largest difference",
    Shape.RATIO: "The smallest ratio",
    Shape.LEVEL: "The largest value",
}


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
            notes=(*self._said(worst.place, families), *self.notes),
            data=self._where(worst.place, families),
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

    def _said(self, worst: Place, families: Sequence[Family]) -> tuple[str, ...]:
        """Where the number is from; and where the worst of the groups is that are large enough to be judged."""
        first = f"{_ENDS[self.shape]} is that of the {self._between(worst, families)}."
        parts = [self.contrasts(family.values) for family in families]
        judged = furthest([part.of(part.judged) for part in parts])
        if judged == worst:
            return (first,)
        if judged is None:
            return (first, "No two groups are large enough to be judged.")
        among = self._between(judged, families)
        return (first, f"Among groups large enough to be judged it is that of the {among}: {judged.value:.4g}.")

    def _between(self, place: Place, families: Sequence[Family]) -> str:
        values = families[place.block].values
        here = f"{named(values.keys[place.group])} ({values.value[place.group]:.4g})"
        if self.shape is Shape.LEVEL:
            return f"{values.metric} of {here}"
        there = f"all rows ({values.value[values.groups]:.4g})"
        if place.other is not None:
            there = f"{named(values.keys[place.other])} ({values.value[place.other]:.4g})"
        return f"{values.metric} between {here} and {there}"

    def _where(self, worst: Place, families: Sequence[Family]) -> Mapping[str, Json]:
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
