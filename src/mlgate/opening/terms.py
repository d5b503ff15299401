"""On what terms a model is let in: how large it may be, and what a person vouched for."""

from __future__ import annotations

from dataclasses import dataclass

MOST_FILES = 10_000
LARGEST = 10 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """How many files and folders a model may hold, and how many bytes in all."""

    files: int = MOST_FILES
    size: int = LARGEST


@dataclass(frozen=True, slots=True)
class Terms:
    """`trusted` are digests of models that are opened whatever is found in them; `allow_code` lets models bring code.

    Without arguments: nobody vouches for anything.
    """

    trusted: frozenset[str] = frozenset()
    allow_code: bool = False
    limits: Limits = Limits()
