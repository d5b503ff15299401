"""Cases that once broke a law, kept as rows in a file: later runs try them first, whatever the data is by then."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate import CheckError

if TYPE_CHECKING:
    import polars as pl

    from mlgate_robustness.search.searching import Ground
    from mlgate_robustness.search.smallest import Counterexample

_MOST_CASES = 20
_MOST_FILLED = 64
_SCHEMA = "mlgate-robustness-cases/1"


class Cases:
    """The kept cases of one check: `DIR/<check>.json`. Values of `withheld` columns are never written."""

    def __init__(self, folder: Path, check: str, withheld: Sequence[str]) -> None:
        self.path = folder / f"{check}.json"
        self._withheld = frozenset(withheld)

    def read(self, ground: Ground) -> Iterator[tuple[pl.DataFrame, pl.DataFrame, tuple[str, ...]]]:
        """Row, changed copy and changed columns of each case that fits the columns of `ground`.

        A withheld value stands for each that was seen. Raises `CheckError` where the file is not one of cases.
        """
        for case in self._stored():
            for filled in _filled(case["row"], ground, self._withheld):
                before = _frame(filled, ground.rows)
                after = _frame({**filled, **case["change"]}, ground.rows)
                if before is not None and after is not None:
                    yield before, after, tuple(case["change"])

    def keep(self, found: Counterexample) -> bool:
        """Add a case to the file; False where its change is of a withheld column, which may not be written."""
        if self._withheld.intersection(found.columns):
            return False
        case = {"row": _values(found.before, self._withheld), "change": _values(found.after.select(found.columns), ())}
        stored = self._stored()
        if case not in stored:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            document = {"schema": _SCHEMA, "cases": [case, *stored][:_MOST_CASES]}
            scratch = self.path.with_suffix(".tmp")
            scratch.write_text(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
            scratch.replace(self.path)
        return True

    def _stored(self) -> list[dict[str, Any]]:
        if not self.path.is_file():
            return []
        try:
            document = json.loads(self.path.read_text("utf-8"))
            cases = document["cases"] if document["schema"] == _SCHEMA else None
            if cases is not None and all(isinstance(case["row"], dict) and case["change"] for case in cases):
                return list(cases)
        except (ValueError, KeyError, TypeError, AttributeError):
            pass
        raise CheckError(
            f"{self.path} is no file of robustness cases.", hint="Delete it, or take back what changed it."
        )


def _values(frame: pl.DataFrame, without: Sequence[str] | frozenset[str]) -> dict[str, Any]:
    """The one row of `frame` in JSON's types, as polars writes them."""
    kept = frame.select(name for name in frame.columns if name not in without)
    return dict(json.loads(kept.write_json())[0]) if kept.width else {}


def _filled(row: Mapping[str, Any], ground: Ground, withheld: frozenset[str]) -> Iterator[dict[str, Any]]:
    missing = [name for name in ground.rows.columns if name not in row and name in withheld]
    seen = [json.loads(ground.seen[name].values.to_frame(name).write_json()) for name in missing if name in ground.seen]
    for chosen in itertools.islice(itertools.product(*seen), _MOST_FILLED):
        yield {**row, **{name: value for part in chosen for name, value in part.items()}}


def _frame(row: Mapping[str, Any], like: pl.DataFrame) -> pl.DataFrame | None:
    """The row in the columns and types of `like`; None where it does not fit them any more."""
    import polars as pl

    if set(row) != set(like.columns):
        return None
    try:
        return pl.read_json(io.BytesIO(json.dumps([row]).encode()), schema=like.schema).select(like.columns)
    except (pl.exceptions.PolarsError, ValueError):
        return None
