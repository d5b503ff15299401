"""How often 95% intervals of the worst gap between groups hold the truth, by simulation.

Run: OMP_NUM_THREADS=1 python benchmarks/fairness_coverage.py [--datasets 2000] [--limits]
Groups are drawn with known rates. Both sides together may miss in 5% of the data sets: `low` counts intervals that lie
wholly above the truth (harm shown that is not there), `high` those wholly below it. Where groups are tied a maximum
over them can't be missed from below, and the other side has all of the 5%. The percentile bootstrap of fairlearn's
MetricFrame is shown beside (by the same multinomial draws within groups), for the difference between groups.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mlgate import Scale
from mlgate_fairness.averages import Moments, ratios
from mlgate_fairness.extremes import Block, contrasts, extreme
from mlgate_fairness.shape import Shape
from mlgate_fairness.values import GroupValues, Numbers


@dataclass(frozen=True)
class World:
    """Rates of groups of known sizes; with `second`, the rates of a second kind of error on as many other rows."""

    rates: tuple[float, ...]
    sizes: tuple[int, ...]
    second: tuple[float, ...] = ()

    @property
    def name(self) -> str:
        sizes = f"{self.sizes[0]:,}" if len(set(self.sizes)) == 1 else ", ".join(f"{size:,}" for size in self.sizes)
        counts = Counter(self.rates)
        rates = ", ".join(
            f"{rate:g}" if len(self.rates) < 6 else f"{counts[rate]} at {rate:g}"
            for rate in (self.rates if len(self.rates) < 6 else counts)
        )
        return f"{rates} ({sizes} rows)" + (
            " and " + ", ".join(f"{rate:g}" for rate in self.second) if self.second else ""
        )

    @property
    def kinds(self) -> list[Numbers]:
        return [np.array(rates) for rates in (self.rates, self.second) if rates]


WORLDS = (
    World((0.3, 0.3), (1_000, 1_000)),
    World((0.3, 0.35), (200, 200)),
    World((0.3, 0.42), (200, 200)),
    World((0.3, 0.5), (30, 30)),
    World((0.1, 0.3), (50, 50)),
    World((0.3, 0.4), (100, 1_000)),
    World((0.3, 0.4, 0.5), (500, 500, 500)),
    World((0.3, 0.3, 0.36), (300, 300, 300)),
    World((0.45, 0.5), (100_000, 100_000)),
    World((0.9, 0.97), (60, 300)),
    World((0.5,) * 5, (200,) * 5),
    World((0.3, 0.3, 0.5, 0.5), (300,) * 4),
    World((0.05, 0.1, 0.1, 0.1), (100,) * 4),
    World((0.2, 0.3, 0.35, 0.4, 0.45), (30, 100, 1_000, 10_000, 100_000)),
    World((0.3,) * 10, (500,) * 10),
    World((0.7, 0.8), (200, 300), (0.1, 0.25)),
    World((0.7, 0.7, 0.8), (100, 100, 400), (0.1, 0.2, 0.2)),
    World((0.6, 0.65), (100_000, 40_000), (0.2, 0.24)),
    World((0.3, 0.35, 0.4), (150,) * 3),
    World((0.3, 0.37, 0.37, 0.37, 0.44), (100,) * 5),
    World((0.3, 0.34, 0.38, 0.42, 0.46), (400,) * 5),
    World((0.3, 0.3, 0.3, 0.3, 0.38), (30, 100, 1_000, 10_000, 100_000)),
    World((0.3, 0.3) + (0.31,) * 6 + (0.32, 0.32), (2_000,) * 10),
    World((0.3,) * 5 + (0.4,) * 5, (400,) * 10),
    World((0.2,) + (0.4,) * 9, (400,) * 10),
)
KINDS = ((Shape.DIFFERENCE, False), (Shape.DIFFERENCE, True), (Shape.RATIO, False), (Shape.RATIO, True))


def truth(world: World, shape: Shape, to_overall: bool) -> float:
    """The gap of the true rates; the share of a group among all rows is that of its size."""
    sizes = np.array(world.sizes, dtype=float)
    found = []
    for rates in world.kinds:
        overall = float((rates * sizes).sum() / sizes.sum())
        if shape is Shape.DIFFERENCE:
            found.append(float(np.abs(rates - overall).max()) if to_overall else float(np.ptp(rates)))
        else:
            each = rates / overall
            found.append(float(np.minimum(each, 1 / each).min()) if to_overall else float(rates.min() / rates.max()))
    return max(found) if shape is Shape.DIFFERENCE else min(found)


def draw(world: World, rng: np.random.Generator) -> list[GroupValues]:
    """The groups' rates on one data set."""
    sizes = np.array(world.sizes, dtype=float)
    keys = tuple({"group": str(place)} for place in range(len(sizes)))
    hits = [rng.binomial(world.sizes, rates).astype(float) for rates in world.kinds]
    return [
        ratios("rate", Moments(keys, k, sizes, k, k, sizes, sizes, sizes), Scale.SCORE, binomial=True) for k in hits
    ]


def misses(world: World, datasets: int) -> Iterator[tuple[float, float, float]]:
    """For each kind: the shares of intervals above and below the truth, and their mean width."""
    rows = sum(world.sizes) * len(world.kinds)
    for shape, to_overall in KINDS:
        rng, expected = np.random.default_rng([len(world.sizes), world.sizes[0]]), truth(world, shape, to_overall)
        low, high, width, made = 0, 0, 0.0, 0
        for _ in range(datasets):
            parts = [
                contrasts(Block(values, np.ones(values.groups, bool)), shape, to_overall=to_overall)
                for values in draw(world, rng)
            ]
            found = extreme(parts, rows)
            if found is None:
                continue  # nobody was selected in any group
            interval = found.estimate.interval(0.95)
            made += 1
            low += interval.low > expected + 1e-12
            high += interval.high < expected - 1e-12
            width += interval.half_width * 2
        yield low / made, high / made, width / made


def percentile_bootstrap(world: World, datasets: int, resamples: int = 200) -> float:
    """The share of percentile intervals of the largest difference that hold the truth."""
    sizes, expected, held = np.array(world.sizes), truth(world, Shape.DIFFERENCE, False), 0
    rng = np.random.default_rng(0)
    for _ in range(datasets):
        gaps = np.zeros(resamples)
        for rates in world.kinds:
            seen = rng.binomial(sizes, rates) / sizes
            gaps = np.maximum(gaps, np.ptp(rng.binomial(sizes, seen, (resamples, len(sizes))) / sizes, axis=1))
        low, high = np.quantile(gaps, [0.025, 0.975])
        held += low <= expected <= high
    return held / datasets


def limit(groups: int, gap: float, draws: int = 200_000) -> tuple[float, float]:
    """How often the lower end misses where two groups differ most and all others lie in the middle or evenly between.

    It knows the size of the gap, in standard errors of a difference, and misses in 5% where half of the groups are tied
    at either end. Data hardly tell these cases apart, so no interval that holds in ties misses much oftener here.
    """
    rng, wide = np.random.default_rng(0), gap * 2**0.5
    half, middle = groups // 2, np.full(groups - 2, wide / 2)
    tied = np.concatenate([np.zeros(half), np.full(groups - half, wide)])
    worlds = tied, np.concatenate([[0.0], middle, [wide]]), np.linspace(0, wide, groups)
    seen = [np.ptp(world + rng.standard_normal((draws, groups)), axis=1) for world in worlds]
    critical = np.quantile(seen[0], 0.95)
    return float((seen[1] > critical).mean()), float((seen[2] > critical).mean())


def limits() -> None:
    print("| groups | gap, in standard errors | others in the middle | others evenly between |\n|--:|--:|--:|--:|")
    for groups in (3, 5, 10):
        for gap in (1.0, 2.0, 4.0):
            print(f"| {groups} | {gap:g} | " + " | ".join(f"{share:.3f}" for share in limit(groups, gap)) + " |")


def table(datasets: int) -> None:
    print(f"Share of {datasets:,} data sets whose 95% interval holds the truth (low, high: missed on that side).\n")
    heads = [f"{shape} {'to all' if over else 'between'}" for shape, over in KINDS]
    print("| true rates (and of a second kind of error) | " + " | ".join(heads) + " | percentile bootstrap |")
    print("|---|" + "---|" * (len(heads) + 1))
    for world in WORLDS:
        cells = [f"{1 - low - high:.3f} ({low:.3f}, {high:.3f})" for low, high, _ in misses(world, datasets)]
        print(
            f"| {world.name} | " + " | ".join(cells) + f" | {percentile_bootstrap(world, datasets):.3f} |", flush=True
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=2000)
    parser.add_argument("--limits", action="store_true", help="how often an interval could miss near ties at best")
    given = parser.parse_args()
    if given.limits:
        limits()
    else:
        table(given.datasets)


if __name__ == "__main__":
    main()
