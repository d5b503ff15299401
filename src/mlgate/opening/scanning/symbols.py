"""What stands on the stack of a pickle that is read and not executed."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_TEXT = 128
LONGEST_TUPLE = 64
LARGEST_DICT = 1024


@dataclass(frozen=True, slots=True)
class Imported:
    """A module's attribute, by name."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an array: its bytes, and whether Python objects stand in it."""

    size: int
    objects: bool


@dataclass(slots=True)
class Made:
    """A numpy dtype or a joblib array wrapper: all that the reading of what follows hangs on."""

    by: Imported
    arguments: tuple[object, ...]
    states: int = 0
    item: Item | None = None


class Opaque:
    """A value that nothing hangs on."""


OPAQUE = Opaque()
MARK = Opaque()
UNCLEAR = Opaque()
"""Stands as a key in a dictionary that may hold more than was kept of it."""

DTYPE = Imported("numpy", "dtype")
# Called with arguments, these read files of the model's choosing, or shift the reading of what follows.
_GUARDED = frozenset({"Booster", "NumpyArrayWrapper", "NDArrayWrapper"})


def is_guarded(value: object) -> bool:
    """Whether this import may be made bare only, and handed to nobody."""
    return isinstance(value, Imported) and value.name in _GUARDED


def is_array_wrapper(value: object) -> bool:
    """Whether joblib reads an array right after an object made by this was given its state."""
    return isinstance(value, Imported) and value.name in ("NumpyArrayWrapper", "NDArrayWrapper")


def as_text(raw: bytes) -> object:
    """A text that can be a name, a key or a code: short and ASCII; any other is opaque."""
    return raw.decode("ascii") if len(raw) <= LONGEST_TEXT and raw.isascii() else OPAQUE
