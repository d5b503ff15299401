"""A fingerprint differs once a resource does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from mlgate.tabular import Table
from mlgate.testing import fingerprint
from mlgate.testing.fingerprints import OPAQUE


@dataclass
class Prices:
    by_day: dict[str, list[float]]


@pytest.mark.parametrize(
    ("resource", "change"),
    [
        ([1, [2, 3]], lambda it: it[1].append(4)),
        ({"a": {"b": 1}}, lambda it: it["a"].update(b=2)),
        ({1, 2}, lambda it: it.add(3)),
        (Prices({"mon": [1.0]}), lambda it: it.by_day["mon"].append(2.0)),
        (np.arange(3.0), lambda it: it.__setitem__(0, 9.0)),
        (np.array(["a", None], dtype=object), lambda it: it.__setitem__(0, "b")),
        (pd.DataFrame({"x": [2, 1]}), lambda it: it.insert(1, "y", 0)),
    ],
    ids=["list", "dict", "set", "dataclass", "array", "objects", "frame"],
)
def test_a_change_deep_inside_is_seen(resource: object, change: Callable[[object], None]) -> None:
    """And nothing else: the same content has the same fingerprint."""
    before = fingerprint(resource)
    assert fingerprint(resource) == before
    change(resource)
    assert fingerprint(resource) != before


def test_a_table_is_known_by_its_rows() -> None:
    """Two tables of the same rows are the same."""
    frame = pd.DataFrame({"x": [1, 2]})
    assert fingerprint(Table.of(frame)) == fingerprint(Table.of(frame.copy()))
    assert fingerprint(Table.of(frame)) != fingerprint(Table.of(frame * 2))


def test_what_is_only_used_tells_nothing() -> None:
    """A client or a process has no content to compare."""
    assert fingerprint(object()) == OPAQUE
