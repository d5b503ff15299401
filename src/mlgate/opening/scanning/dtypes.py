"""numpy's dtypes in a pickle: how many bytes an item takes, and whether objects stand in it.

A dtype's state can set its flags at will: with a false one, numpy reads plain bytes as objects, and joblib a pickle
where numbers stand. So a state counts only where it says what numpy itself would write.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from mlgate.opening.scanning.symbols import DTYPE, LARGEST_DICT, UNCLEAR, Item, Made

_CODE = re.compile(r"[<>|=]?([biufcmMSUVO])(\d{1,9})")
_FLEXIBLE = "SUV"
_HAS_OBJECTS = 0x01
_LIST_PICKLE = 0x02


@dataclass(frozen=True, slots=True)
class ArrayBytes:
    """How the bytes of an array stand in a joblib file: `padded` by a count in one byte; `size` None for objects."""

    size: int | None
    padded: bool


def array_bytes(state: object) -> ArrayBytes | None:
    """The bytes that follow a NumpyArrayWrapper with this state; None where that can't be told for sure."""
    if not isinstance(state, dict) or UNCLEAR in state:
        return None
    shape, padding, dtype = state.get("shape"), state.get("numpy_array_alignment_bytes"), state.get("dtype")
    count = _count(shape)
    item = dtype.item if isinstance(dtype, Made) else None
    if item is None or count is None or not (padding is None or isinstance(padding, int)):
        return None
    return ArrayBytes(None, False) if item.objects else ArrayBytes(count * item.size, padding is not None)


def _count(shape: object) -> int | None:
    """How many items a shape holds."""
    if isinstance(shape, tuple) and all(isinstance(n, int) and 0 <= n < 1 << 48 for n in shape):
        return math.prod(shape)
    return None


def bare_item(arguments: tuple[object, ...]) -> Item | None:
    """The item of `numpy.dtype(*arguments)` before it is given a state."""
    code = arguments[0] if arguments else None
    match = _CODE.fullmatch(code) if isinstance(code, str) else None
    return Item(int(match[2]) * (4 if match[1] == "U" else 1), match[1] == "O") if match else None


def item_with(made: Made, state: object) -> Item | None:
    """The item of a dtype that is given this state, the first; None where numpy would not have written it."""
    bare = made.item
    if made.by != DTYPE or bare is None or made.states != 1 or not isinstance(state, tuple):
        return None
    if len(state) not in (8, 9) or state[0] not in (3, 4):
        return None
    _, _, subarray, _, fields, size, _, flags, *_ = state
    if not isinstance(flags, int) or not isinstance(size, int):
        return None
    flexible = str(made.arguments[0]).lstrip("<>|=")[:1] in _FLEXIBLE
    item = _inner(bare, subarray, fields, size) if subarray is not None or fields is not None else bare
    if item is None or bool(flags & _HAS_OBJECTS) != item.objects or bool(flags & _LIST_PICKLE) != item.objects:
        return None
    return item if size == (bare.size if flexible else -1) else None


def _inner(bare: Item, subarray: object, fields: object, size: int) -> Item | None:
    """The item of a dtype that is made of others, which must fill it and not more."""
    if subarray is None:
        return _of_fields(fields, size)
    if fields is not None or not isinstance(subarray, tuple) or len(subarray) != 2:
        return None
    base, count = subarray[0].item if isinstance(subarray[0], Made) else None, _count(subarray[1])
    if base is None or count is None or base.size * count != size or size != bare.size:
        return None
    return Item(size, base.objects)


def _of_fields(fields: object, size: int) -> Item | None:
    if not isinstance(fields, dict) or UNCLEAR in fields or len(fields) >= LARGEST_DICT:
        return None
    places: dict[tuple[int, int], Item] = {}  # a field with a title stands under both names
    for field in fields.values():
        if not isinstance(field, tuple) or len(field) not in (2, 3) or not isinstance(field[0], Made):
            return None
        item, offset = field[0].item, field[1]
        if item is None or not isinstance(offset, int) or not 0 <= offset <= size - item.size:
            return None
        places[offset, id(field[0])] = item
    objects = any(item.objects for item in places.values())
    return None if objects and _overlap(places) else Item(size, objects)


def _overlap(places: dict[tuple[int, int], Item]) -> bool:
    """Whether numbers could stand where an object's address is read."""
    end = 0
    for (offset, _), item in sorted(places.items(), key=lambda place: place[0]):
        if offset < end:
            return True
        end = offset + item.size
    return False
