"""What is sought among groups."""

from __future__ import annotations

from enum import StrEnum


class Shape(StrEnum):
    """The largest difference, the smallest ratio, or the largest value itself."""

    DIFFERENCE = "difference"
    RATIO = "ratio"
    LEVEL = "level"
