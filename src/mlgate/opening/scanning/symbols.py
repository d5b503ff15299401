"""What stands on the stack of a pickle that is read and not executed."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

_CODE = re.compile(r"[<>|=]?([biufcmMSUV])(\d{1,9})")
_FLEXIBLE = "SUV"
MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class Imported:
    """A module's attribute, by name."""

    module: str
    name: str


@dataclass(slots=True)
class Made:
    """What a call made: its callable, its arguments, and the state that it was given."""

    by: object
    arguments: object
    states: list[object] = field(default_factory=list)


class Opaque:
    """A value that no import hangs on."""


OPAQUE = Opaque()
MARK = Opaque()


def is_array_wrapper(value: object) -> bool:
    """Whether joblib reads an array right after this object was given its state."""
    made = value.by if isinstance(value, Made) else None
    return isinstance(made, Imported) and made.name in ("NumpyArrayWrapper", "NDArrayWrapper")


@dataclass(frozen=True, slots=True)
class ArrayBytes:
    """How the bytes of an array stand in a joblib file: `padded` by a count in one byte; `size` None for objects."""

    size: int | None
    padded: bool


def array_bytes(state: object) -> ArrayBytes | None:
    """The bytes that follow a NumpyArrayWrapper with this state; None where that can't be told for sure."""
    if not isinstance(state, dict) or "dtype" not in state or len(state) >= MOST_KEPT:
        return None
    shape, padding = state.get("shape"), state.get("numpy_array_alignment_bytes")
    if not isinstance(shape, tuple) or not all(isinstance(n, int) and 0 <= n < 1 << 48 for n in shape):
        return None
    if padding is not None and not isinstance(padding, int):
        return None
    size = item_size(state["dtype"])
    if size is None:
        return ArrayBytes(None, False) if holds_objects(state["dtype"]) else None
    return ArrayBytes(math.prod(shape) * size, padding is not None)


def holds_objects(dtype: object) -> bool:
    """Whether this is exactly numpy's dtype of Python objects."""
    return (
        isinstance(dtype, Made)
        and dtype.by == Imported("numpy", "dtype")
        and isinstance(dtype.arguments, tuple)
        and dtype.arguments[:1] in (("O8",), ("O",))
    )


def item_size(dtype: object) -> int | None:
    """Bytes per item of a symbolic numpy dtype; None for objects and for what numpy could read otherwise."""
    if not isinstance(dtype, Made) or dtype.by != Imported("numpy", "dtype") or not isinstance(dtype.arguments, tuple):
        return None
    code = dtype.arguments[0] if dtype.arguments else None
    match = _CODE.fullmatch(code) if isinstance(code, str) else None
    if match is None or len(dtype.states) > 1:
        return None
    size = int(match[2]) * (4 if match[1] == "U" else 1)
    if dtype.states and not _agrees(dtype.states[0], size, flexible=match[1] in _FLEXIBLE):
        return None
    return size


def _agrees(state: object, size: int, *, flexible: bool) -> bool:
    """Whether a dtype's state leaves it at `size` bytes and without objects."""
    if not isinstance(state, tuple) or len(state) < 6 or state[2] is not None:
        return False
    fields = state[4]
    if fields is None:
        return bool(state[5] == (size if flexible else -1))
    if not isinstance(fields, dict) or state[5] != size:
        return False
    return all(isinstance(each, tuple) and each and item_size(each[0]) is not None for each in fields.values())
