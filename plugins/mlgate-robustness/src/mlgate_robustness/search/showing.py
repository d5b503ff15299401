"""A counterexample as a finding: the change in words, the row as data, and a test that a person can paste."""

from __future__ import annotations

import datetime
import math
import pprint
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mlgate import Finding, Json, Severity

if TYPE_CHECKING:
    from mlgate_robustness.search.smallest import Counterexample

_WITHHELD = "(sensitive)"
_LONGEST = 60


def finding(check: str, found: Counterexample, sensitive: Sequence[str]) -> Finding:
    """What breaks the law; values of sensitive columns are never shown."""
    before, after = _row(found, sensitive)
    change = {name: [before[name], after[name]] for name in found.columns}
    moved = ", ".join(f"{name} from {_text(old)} to {_text(new)}" for name, (old, new) in change.items())
    moved = moved or "a row as it is"
    return Finding(
        f"{moved}: {found.sentence}",
        Severity.HIGH,
        data={
            "row": before,
            "change": {name: pair[1] for name, pair in change.items()},
            "said": [_plain(each) for each in found.said] if found.said else None,
            "pytest": snippet(check, before, change),
        },
    )


def snippet(check: str, row: Mapping[str, Json], change: Mapping[str, Sequence[Json]]) -> str:
    """A test of this one case, for a fixture `predict` that answers a pandas DataFrame."""
    name = "".join(letter if letter.isalnum() else "_" for letter in check)
    changed = {column: pair[1] for column, pair in change.items()}
    return (
        "import pandas as pd\n\n\n"
        f"def test_{name}(predict):\n"
        f"    row = {pprint.pformat(dict(row), sort_dicts=False)}\n"
        f"    changed = {{**row, **{pprint.pformat(changed, sort_dicts=False)}}}\n"
        "    before, after = predict(pd.DataFrame([row, changed]))\n"
        "    assert after == before  # say here what must hold between the two\n"
    )


def _row(found: Counterexample, sensitive: Sequence[str]) -> tuple[dict[str, Json], dict[str, Json]]:
    rows = (found.before.row(0, named=True), found.after.row(0, named=True))
    return tuple(
        {name: _WITHHELD if name in sensitive else _plain(value) for name, value in row.items()} for row in rows
    )  # type: ignore[return-value]


def _plain(value: Any) -> Json:
    """A cell in JSON's types: times as ISO 8601, numbers that are not finite as text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime.date | datetime.datetime | datetime.time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value)


def _text(value: Json) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, float):
        return f"{value:,.10g}"
    if not isinstance(value, str) or value == _WITHHELD:
        return str(value)
    return f"'{value}'" if len(value) <= _LONGEST else f"'{value[:_LONGEST]}...'"
