"""How often 95% intervals of the worst gap in scores, errors, losses and benefits hold the truth, by simulation.

Run: OMP_NUM_THREADS=1 python benchmarks/fairness_scores_coverage.py [--datasets 300] [--entities] [--pairs]
Each data set is a scored table as a run makes it, whose truth is known in closed form: scores of two normal classes for
the AUC, shifted probabilities for calibration, normal, skewed (exponential) and mixed errors of numbers, decisions that
are wrong with known shares. With `--entities` every row is there three times, for one entity each. `low` counts
intervals wholly above the truth, `high` those wholly below it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import polars as pl

from mlgate import Estimate, Scale
from mlgate.tabular import Columns, Predictions, ScoredTable, Table, Task, score
from mlgate_fairness.champion import vs_champion
from mlgate_fairness.comparing import Comparing, Family
from mlgate_fairness.entropy import benefit_families, between, index, over_all_rows
from mlgate_fairness.numbers import losses, mean_errors, mean_families
from mlgate_fairness.ranking import auc_families
from mlgate_fairness.shape import Shape
from mlgate_fairness.subjects import Method, Sizes
from mlgate_fairness.values import Numbers

Random = np.random.Generator
ALL = Sizes(0, 0)
REPEATS = 3


@dataclass(frozen=True)
class World:
    """What differs between groups, and how many rows they have."""

    levels: tuple[float, ...]
    sizes: tuple[int, ...]

    @property
    def name(self) -> str:
        levels = ", ".join(f"{level:g}" for level in self.levels)
        return f"{levels} ({', '.join(f'{size:,}' for size in dict.fromkeys(self.sizes))} rows)"

    @property
    def each(self) -> Numbers:
        """The level of every row."""
        return np.repeat(self.levels, self.sizes)

    @property
    def shares(self) -> Numbers:
        return np.array(self.sizes) / sum(self.sizes)


Draw = Callable[[World, Random, Random], tuple[Numbers, Numbers]]
Measure = Callable[[ScoredTable], Estimate]


@dataclass(frozen=True)
class Case:
    """Labels and answers of every row, what is measured of them, and what that should be."""

    name: str
    task: Task
    draw: Draw
    measure: Measure
    truth: Callable[[World], float]
    worlds: tuple[World, ...]
    paired: str = ""


def ranked(world: World, rng: Random, noise: Random) -> tuple[Numbers, Numbers]:
    """Positives lie a level above negatives, in standard deviations: AUC = Phi(level / sqrt 2)."""
    label = rng.random(len(world.each)) < 0.4
    scores: Numbers = 1 / (1 + np.exp(-(noise.normal(size=len(label)) + world.each * label)))
    return label.astype(float), scores


def shifted(world: World, rng: Random, noise: Random) -> tuple[Numbers, Numbers]:
    """Probabilities that promise a level too much."""
    true = rng.uniform(0.25, 0.65, len(world.each))
    scores: Numbers = true + world.each + noise.uniform(-0.1, 0.1, len(true))
    return (rng.random(len(true)) < true).astype(float), scores


def wrong(world: World, rng: Random, noise: Random) -> tuple[Numbers, Numbers]:
    """Decisions that are wrong with the level's share; a third of labels is positive."""
    label = rng.random(len(world.each)) < 1 / 3
    decided: Numbers = np.where(label ^ (noise.random(len(label)) < world.each), 0.9, 0.1)
    return label.astype(float), decided


def biased(world: World, rng: Random, noise: Random) -> tuple[Numbers, Numbers]:
    label = rng.normal(size=len(world.each))
    return label, label + world.each + noise.normal(size=len(label))


def biased_skewed(world: World, rng: Random, noise: Random) -> tuple[Numbers, Numbers]:
    label = rng.normal(size=len(world.each))
    return label, label + world.each + noise.exponential(size=len(label)) - 1


def spread(world: World, rng: Random, noise: Random) -> tuple[Numbers, Numbers]:
    """Errors whose mean absolute value is the level: normal ones."""
    label = rng.normal(size=len(world.each))
    errors: Numbers = world.each * noise.normal(size=len(label)) / np.sqrt(2 / np.pi)
    return label, label + errors


def spread_skewed(world: World, rng: Random, noise: Random) -> tuple[Numbers, Numbers]:
    """The same of exponential ones."""
    label = rng.normal(size=len(world.each))
    return label, label + world.each * noise.exponential(size=len(label))


def worst(families: Callable[[ScoredTable], list[Family]], shape: Shape, method: Method = "between_groups") -> Measure:
    def measure(scored: ScoredTable) -> Estimate:
        found = Comparing(shape, method, ALL).worst(families(scored), scored.rows)
        assert found is not None
        return found.estimate

    return measure


def errors(scored: ScoredTable) -> list[Family]:
    return mean_families(scored, "mean error", mean_errors(scored), Scale.IDENTITY, "none")


def lost(scored: ScoredTable) -> list[Family]:
    name, each = losses(scored, None, 0.5)
    return mean_families(scored, name, each, Scale.SCORE if name == "error rate" else Scale.LOG, "none")


def aucs(scored: ScoredTable) -> list[Family]:
    return auc_families(scored, "none")


def shared_out(scored: ScoredTable) -> Estimate:
    return between(benefit_families(scored, "none", 0.5, 2.0)[0].values, 2.0)


def gap(world: World) -> float:
    return float(np.ptp(world.levels))


def gap_to_all(world: World) -> float:
    return float(np.abs(np.array(world.levels) - world.shares @ np.array(world.levels)).max())


def auc_gap(world: World) -> float:
    return float(np.ptp([NormalDist().cdf(level / 2**0.5) for level in world.levels]))


def benefit_index(world: World) -> float:
    """A wrong decision is a false positive of two in three rows, a false negative of the third."""
    return index(world.shares, 1 + np.array(world.levels) / 3, 2.0)


def overall_index(world: World) -> float:
    error = float(world.shares @ np.array(world.levels))
    return index(np.array([error / 3, 1 - error, 2 * error / 3]), np.arange(3.0), 2.0)


def smallest_to_largest(world: World) -> float:
    return min(world.levels) / max(world.levels)


RANKS = (
    World((1.0, 1.0), (500, 500)),
    World((1.0, 1.5), (300, 300)),
    World((1.0, 1.0, 1.0, 1.0), (300,) * 4),
    World((0.8, 1.2, 1.2), (200, 1_000, 1_000)),
    World((1.0, 2.5), (100, 2_000)),
    World((1.0, 1.2), (20_000, 20_000)),
)
ERRORS = (
    World((0.0, 0.0), (200, 200)),
    World((0.0, 0.25), (100, 300)),
    World((0.0, 0.25), (40, 40)),
    World((0.1,) * 5, (100,) * 5),
    World((-0.1, 0.1, 0.1), (200, 200, 200)),
    World((0.0, 0.1), (10_000, 10_000)),
)
SIZES = (
    World((1.0, 1.0), (200, 200)),
    World((1.0, 1.5), (40, 300)),
    World((1.0, 1.5), (300, 40)),
    World((1.0,) * 5, (100,) * 5),
    World((0.8, 1.2, 1.2), (200, 200, 200)),
    World((1.0, 1.1), (10_000, 10_000)),
)
WRONGS = (
    World((0.2, 0.2), (500, 500)),
    World((0.1, 0.3), (200, 100)),
    World((0.2,) * 5, (200,) * 5),
    World((0.1, 0.2, 0.25), (1_000, 300, 300)),
    World((0.1, 0.12), (20_000, 20_000)),
)
CALIBRATED = tuple(World(tuple(level / 2 for level in world.levels), world.sizes) for world in ERRORS)
BINARY, NUMBERS = Task.BINARY, Task.REGRESSION
BETWEEN: Method = "between_groups"
TO_ALL: Method = "to_overall"


def cases() -> list[Case]:
    difference, level = Shape.DIFFERENCE, Shape.LEVEL
    return [
        Case("auc_gap", BINARY, ranked, worst(aucs, difference), auc_gap, RANKS, "auc_gap"),
        Case("calibration_gap", BINARY, shifted, worst(errors, difference), gap, CALIBRATED, "calibration_gap"),
        Case("calibration_gap to all", BINARY, shifted, worst(errors, difference, TO_ALL), gap_to_all, CALIBRATED),
        Case("mean error, normal", NUMBERS, biased, worst(errors, difference), gap, ERRORS),
        Case("mean error, skewed", NUMBERS, biased_skewed, worst(errors, difference), gap, ERRORS, "calibration_gap"),
        Case("mae, normal: gap", NUMBERS, spread, worst(lost, difference), gap, SIZES),
        Case("mae, skewed: gap", NUMBERS, spread_skewed, worst(lost, difference), gap, SIZES),
        Case("mae, skewed: ratio", NUMBERS, spread_skewed, worst(lost, Shape.RATIO), smallest_to_largest, SIZES),
        Case("bounded_group_loss, mae, normal", NUMBERS, spread, worst(lost, level), largest, SIZES),
        Case(
            "bounded_group_loss, mae, skewed",
            NUMBERS,
            spread_skewed,
            worst(lost, level),
            largest,
            SIZES,
            "bounded_group_loss",
        ),
        Case("bounded_group_loss, errors", BINARY, wrong, worst(lost, level), largest, WRONGS, "bounded_group_loss"),
        Case("generalized_entropy between", BINARY, wrong, shared_out, benefit_index, WRONGS, "generalized_entropy"),
        Case("generalized_entropy overall", BINARY, wrong, lambda s: over_all_rows(s, 0.5, 2.0), overall_index, WRONGS),
    ]


def largest(world: World) -> float:
    return max(world.levels)


def scored(case: Case, world: World, seed: Sequence[int], *, entities: bool, rival: World | None = None) -> ScoredTable:
    """One data set; `rival` are the levels of a champion whose answers on the same rows have noise of their own."""
    label, answer = case.draw(world, *(np.random.default_rng([*seed, part]) for part in (0, 1)))
    answers = [answer]
    if rival is not None:
        answers.append(case.draw(rival, *(np.random.default_rng([*seed, part]) for part in (0, 2)))[1])
    group = np.repeat([f"g{place}" for place in range(len(world.sizes))], world.sizes)
    data = {"label": label if case.task is NUMBERS else label.astype(int), "group": group}
    columns = Columns(label="label", positive=None if case.task is NUMBERS else 1, sensitive=("group",))
    if entities:
        data = {name: np.repeat(values, REPEATS) for name, values in data.items()}
        data["entity"] = np.repeat(np.arange(len(label)), REPEATS)
        answers = [np.repeat(each, REPEATS) for each in answers]
        columns = replace(columns, entity="entity")
    said = [Predictions.numbers(each) if case.task is NUMBERS else Predictions.scores(each, (0, 1)) for each in answers]
    return score(Table.of(pl.DataFrame(data)), columns, case.task, *said)


def covered(bounds: Callable[[Sequence[int]], tuple[float, float]], true: float, datasets: int) -> str:
    """The share of intervals that hold the truth, and of those above and below it."""
    over, under = 0, 0
    for place in range(datasets):
        low, high = bounds([place, 17])
        over += low > true + 1e-12
        under += high < true - 1e-12
    return f"{1 - (over + under) / datasets:.3f} ({over / datasets:.3f}, {under / datasets:.3f})"


def alone(case: Case, world: World, datasets: int, *, entities: bool) -> str:
    def bounds(seed: Sequence[int]) -> tuple[float, float]:
        interval = case.measure(scored(case, world, seed, entities=entities)).interval(0.95)
        return interval.low, interval.high

    return covered(bounds, case.truth(world), datasets)


def paired(case: Case, world: World, rival: World, datasets: int, *, entities: bool) -> str:
    """Candidate minus champion, as `fairness.vs_champion` measures it."""

    def bounds(seed: Sequence[int]) -> tuple[float, float]:
        table = scored(case, world, seed, entities=entities, rival=rival)
        compared = vs_champion(table, metric=case.paired, min_rows=0, min_support=0).comparison
        assert compared is not None
        interval = compared.difference.interval(0.95)
        unit = float(np.std(table.labels())) if case.task is NUMBERS else 1.0  # the check's, for numbers
        return interval.low * unit, interval.high * unit

    return covered(bounds, case.truth(world) - case.truth(rival), datasets)


def table(found: Sequence[Case], datasets: int, *, entities: bool, pairs: bool) -> None:
    """Against a champion whose groups stand as the candidate's do, and against one whose groups do not differ."""
    for case in found:
        for world in case.worlds:
            if not pairs:
                print(f"| {case.name} | {world.name} | {alone(case, world, datasets, entities=entities)} |", flush=True)
            elif case.paired:
                for levels in dict.fromkeys((world.levels, world.levels[:1] * len(world.levels))):
                    said = paired(case, world, World(levels, world.sizes), datasets, entities=entities)
                    beside = "the same" if levels == world.levels else f"{levels[0]:g} in all"
                    print(f"| {case.name} | {world.name} against {beside} | {said} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--datasets", type=int, default=300)
    parser.add_argument("--entities", action="store_true")
    parser.add_argument("--pairs", action="store_true", help="candidate minus champion")
    parser.add_argument("--only", default="", help="cases whose name begins so")
    given = parser.parse_args()
    print("| number | levels of the groups | holds the truth (low, high) |\n|---|---|---|")
    wanted = [each for each in cases() if each.name.startswith(given.only)]
    table(wanted, given.datasets, entities=given.entities, pairs=given.pairs)


if __name__ == "__main__":
    main()
