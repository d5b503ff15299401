"""Hypothesis strategies for changes: few cells, small steps first, values that were seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import strategies

from mlgate_robustness.search.moves import Move, Recipe
from mlgate_robustness.search.seen import Seen


def recipes(seen: Mapping[str, Seen], columns: Sequence[str], most_cells: int) -> strategies.SearchStrategy[Recipe]:
    """Moves of one to `most_cells` different columns. It shrinks to fewer columns and to fewer steps."""
    one = strategies.sampled_from(list(columns)).flatmap(lambda name: moves(name, seen[name]))
    return strategies.lists(
        one, min_size=1, max_size=min(most_cells, len(columns)), unique_by=lambda move: move.column
    ).map(lambda made: tuple(sorted(made, key=lambda move: move.column)))


def moves(name: str, seen: Seen) -> strategies.SearchStrategy[Move]:
    """Moves of one column: any number of steps up or down, or to any value where there is no order."""
    most = max(len(seen.values) - 1, 1)
    steps = strategies.integers(-most, most) if seen.ordered else strategies.integers(0, most)
    return steps.map(lambda count: Move(name, count))


def opening_moves(seen: Mapping[str, Seen], columns: Sequence[str]) -> tuple[Recipe, ...]:
    """What is tried first, on every column by itself: one step each way, a tenth of the way, and to both ends."""
    return tuple((move,) for name in columns for move in _opening(name, seen[name]))


def _opening(name: str, seen: Seen) -> list[Move]:
    count = len(seen.values)
    if not seen.ordered:
        return [Move(name, place) for place in range(min(count, 5))]
    reach = dict.fromkeys((1, -1, max(count // 10, 1), -max(count // 10, 1), count, -count))
    return [Move(name, steps) for steps in reach]
