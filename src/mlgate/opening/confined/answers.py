"""Predictions as they leave the confined process: numbers as bytes and labels as JSON, and nothing to unpickle."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mlgate.errors import ModelError
from mlgate.opening.coding import PLAIN, coded, decoded
from mlgate.sandbox.frames import BadFrame, Bytes, Frame
from mlgate.tabular import PredictionKind, Predictions

MOST_OVER_ALL: Final = 16 << 20
MOST_PER_ROW: Final = 8192
"""Bytes of an answer: 1,024 scores per row, or a long label; the rest of the answer is small."""

_TYPES = re.compile(r"[<>|=]?(?:f[248]|[iu][1248]|b1|U\d{1,5})")


def most_bytes(rows: int) -> int:
    """How long an answer for so many rows may be."""
    return MOST_OVER_ALL + MOST_PER_ROW * rows


def to_answer(predictions: Predictions) -> tuple[dict[str, Any], list[Bytes]]:
    """A header and bytes. Raises `ModelError` where the answer is of a type that can't leave the process."""
    values, table = coded(predictions.values)
    if _TYPES.fullmatch(values.dtype.str) is None:
        raise ModelError(f"The model gave predictions of type {values.dtype}, which are no scores, labels or numbers.")
    _refuse_objects((*(predictions.classes or ()), *(table or ())))
    listed = json.dumps(table).encode()
    header = {
        "kind": str(predictions.kind),
        "classes": predictions.classes,
        "type": values.dtype.str,
        "shape": values.shape,
        "table": len(listed),
    }
    return header, [np.ascontiguousarray(values).tobytes(), listed]


def _refuse_objects(items: tuple[object, ...]) -> None:
    odd = next((item for item in items if type(item) not in PLAIN), None)
    if odd is not None:
        raise ModelError(
            f"The model gave labels of type {type(odd).__name__}, which are no texts, numbers or booleans.",
            hint="Give them as text.",
        )


def from_answer(frame: Frame) -> Predictions:
    """The predictions in an answer. Raises `BadFrame` where it holds none, `ModelError` where they do not fit."""
    try:
        return _predictions(frame.header, memoryview(frame.payload))
    except (KeyError, TypeError, ValueError, IndexError, OverflowError, RecursionError):
        raise BadFrame("what are no predictions") from None


def _predictions(header: Mapping[str, Any], payload: memoryview) -> Predictions:
    kind, shape, type_ = PredictionKind(header["kind"]), header["shape"], header["type"]
    classes = header["classes"]
    split = len(payload) - _whole(header["table"])
    if split < 0 or _TYPES.fullmatch(type_) is None or not 1 <= len(shape) <= 2:
        raise ValueError
    values = np.frombuffer(payload[:split], dtype=type_).reshape([_whole(length) for length in shape])
    _refuse_impossible(values)
    table = json.loads(bytes(payload[split:]))
    for item in (*(classes or ()), *(table or ())):
        _refuse_no_label(item)
    if kind is not PredictionKind.LABELS and values.dtype != np.float64:
        raise ValueError
    return Predictions(kind, decoded(values, table), None if classes is None else tuple(classes))


def _refuse_impossible(values: NDArray[Any]) -> None:
    """Bytes that numpy would take for a boolean or a character, and that are none."""
    if values.dtype.kind == "b":
        wrong = values.view(np.uint8) > 1
    elif values.dtype.kind == "U":
        points = values.view(values.dtype.str[0] + "u4")
        wrong = (points > sys.maxunicode) | ((points >= 0xD800) & (points < 0xE000))
    else:
        return
    if wrong.any():
        raise ValueError


def _refuse_no_label(item: object) -> None:
    if type(item) not in PLAIN:
        raise ValueError
    if isinstance(item, str):
        item.encode()


def _whole(number: object) -> int:
    if type(number) is not int or number < 0:
        raise ValueError
    return number
