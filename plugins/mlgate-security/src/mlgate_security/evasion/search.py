"""A bounded search in the box around each row for one point that is decided otherwise. Only answers are used.

First column by column, keeping the end that lowers the margin (the coordinate search of Guo and others, Simple
Black-box Adversarial Attacks, ICML 2019): on a linear model that ends in the corner of the box with the smallest
margin, and so finds every row that can be flipped at all. Then corners at random, for models whose answers stand still
between jumps. What is not found may be there: the share is a lower bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mlgate_security.evasion.moves import Move, Numbers

SEED = 0
AT_ONCE = 8
"""Points of each row that are asked about in one call."""

Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Answer:
    """Of each point asked about: whether it is decided otherwise than its row, and by how much it is not (margin)."""

    flipped: Marks
    margin: Numbers


Point = dict[str, Numbers]
Ask = Callable[[Sequence[Point]], list[Answer]]
"""Asks about some points of every row at once: the values of the moved columns."""


@dataclass(slots=True)
class Search:
    """One search; `ask` may be asked for `queries` points of each row."""

    ask: Ask
    moves: Sequence[Move]
    queries: int
    spent: int = 0
    tried: list[str] = field(default_factory=list)

    def run(self, margin: Numbers) -> Marks:
        """Which rows flipped; `margin` is theirs before anything is moved."""
        draw = np.random.default_rng(SEED)
        flipped = np.zeros(len(margin), dtype=np.bool_)
        now: Point = {move.name: move.now for move in self.moves}
        for place in draw.permutation(len(self.moves)).tolist():
            if self.spent + 2 > self.queries:
                break
            move = self.moves[place]
            self.tried.append(move.name)
            down, up = self._asked([{**now, move.name: move.low}, {**now, move.name: move.high}])
            flipped |= down.flipped | up.flipped
            best = np.where(down.margin < up.margin, move.low, move.high)
            lowest = np.minimum(down.margin, up.margin)
            now = {**now, move.name: np.where(lowest < margin, best, now[move.name])}
            margin = np.minimum(lowest, margin)
        for answer in self._corners(draw, len(margin)):
            flipped |= answer.flipped
        return flipped

    def _corners(self, draw: np.random.Generator, rows: int) -> Iterator[Answer]:
        while self.spent < self.queries:
            points = [
                {move.name: np.where(draw.random(rows) < 0.5, move.low, move.high) for move in self.moves}
                for _ in range(min(AT_ONCE, self.queries - self.spent))
            ]
            yield from self._asked(points)

    def _asked(self, points: Sequence[Point]) -> list[Answer]:
        self.spent += len(points)
        return self.ask(points)
