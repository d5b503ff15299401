"""What a pandera schema and a model's signature say of a column is tried, also where the data held none of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandera.polars as pa
import polars as pl
import pytest
from numpy.typing import NDArray

from mlgate import CheckError, Feature, FeatureKind, Measurement
from mlgate_robustness.laws.bounded import bounded
from mlgate_robustness.laws.invariant import invariant
from mlgate_robustness.laws.missing import missing
from mlgate_robustness.laws.monotone import monotone
from mlgate_robustness.laws.unseen_category import unseen_category
from mlgate_robustness.search.schemas import allowed_by
from mlgate_robustness.search.searching import Ground
from mlgate_robustness.search.seen import seen
from mlgate_robustness.search.signing import signed

Run = Callable[..., Measurement]
SCHEMAS = """
import pandera.polars as pa


class People(pa.DataFrameModel):
    age: int = pa.Field(ge=18, le=118, nullable=True)
    job: str = pa.Field(isin=["baker", "clerk", "driver", "nurse", "pilot"])
    debt: float


Codes = pa.DataFrameSchema({"age": pa.Column(int, pa.Check.isin([18, 40, 65]))})
"""


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A schema in a file, as the gate file names it."""
    (tmp_path / "schemas.py").write_text(SCHEMAS)
    monkeypatch.chdir(tmp_path)
    return "schemas.py:People"


def by_age(rows: pl.DataFrame) -> NDArray[np.float64]:
    """Falls by 0.2 at 100, an age that nobody has."""
    return np.where(rows.get_column("age").fill_null(0).to_numpy() >= 100, 0.5, 0.7)


def by_job(rows: pl.DataFrame) -> NDArray[np.float64]:
    """Above 1 for pilots, of whom there is none."""
    return np.where(rows.get_column("job").to_numpy() == "pilot", 1.2, 0.7)


@pytest.mark.parametrize(
    ("law", "options", "change"),
    [
        (monotone, {"increasing": ("age",)}, {"age": 100}),
        (invariant, {"to": ("age",)}, {"age": 100}),
        (bounded, {"high": 1.0}, {"job": "pilot"}),
    ],
    ids=["monotone", "invariant", "bounded"],
)
def test_a_schema_in_a_file_is_searched(
    run: Run, named: str, law: Any, options: dict[str, Any], change: dict[str, Any]
) -> None:
    """Neither an age of 100 nor a pilot stands in any table."""
    formula = by_job if law is bounded else by_age
    assert not run(law, formula, **options).findings
    (found,) = run(law, formula, schema=named, **options).findings
    assert found.data["change"] == change


def test_what_a_schema_calls_nullable_may_be_missing(run: Run, named: str) -> None:
    measured = run(missing, by_age, schema=named)
    assert measured.notes[0] == "Set to null, each by itself: age."


def test_whole_numbers_that_a_schema_lists_are_categories(run: Run, named: str) -> None:
    """66 is none of 18, 40 and 65, and the model answers it with NaN."""

    def strict(rows: pl.DataFrame) -> NDArray[np.float64]:
        return np.where(rows.get_column("age").to_numpy() == 66, np.nan, 0.5)

    few = run(unseen_category, strict, schema="schemas.py:Codes", test=pl_ages())
    assert [each.data["column"] for each in few.findings] == ["age"]


def pl_ages() -> pl.DataFrame:
    rows = 60
    return pl.DataFrame(
        {
            "income": np.linspace(1, 9, rows),
            "debt": np.linspace(1, 9, rows),
            "age": [18, 40, 65] * 20,
            "job": ["clerk"] * rows,
            "late": [0, 1] * 30,
        }
    )


def test_a_schema_that_is_not_there_is_told(run: Run, named: str) -> None:
    with pytest.raises(CheckError, match=r"schemas\.py has no Peple\. Did you mean People\?"):
        run(bounded, by_job, schema="schemas.py:Peple", high=1.0)


def ground(**columns: Any) -> Ground:
    rows = pl.DataFrame(columns)
    return Ground(rows, tuple(rows.columns), seen(rows))


def values(schema: pa.DataFrameSchema, start: Ground) -> list[Any]:
    return allowed_by(schema, start).seen["x"].values.to_list()


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ([pa.Check.in_range(3, 6)], [3, 4, 5, 6]),
        ([pa.Check.in_range(3, 6, include_min=False)], [4, 5, 6]),
        ([pa.Check.gt(3), pa.Check.lt(6)], [4, 5]),
        ([pa.Check.isin([9, 7])], [7, 9]),
        ([pa.Check.eq(5)], [5]),
        ([pa.Check.ge(3)], [1, 2]),
    ],
)
def test_the_values_are_those_that_pandera_lets_pass(checks: list[pa.Check], expected: list[int]) -> None:
    """All that pandera itself takes, and nothing that it refuses; with one bound alone what was seen."""
    schema = pa.DataFrameSchema({"x": pa.Column(int, checks)})
    found = values(schema, ground(x=[1, 2]))
    assert found == expected
    if expected != [1, 2]:
        assert schema.validate(pl.DataFrame({"x": found})).height == len(found)


def test_the_signature_s_types_are_honoured() -> None:
    """Booleans are both, whole numbers all between, a number may have halves, an optional column nulls."""
    start = ground(flag=[True, True], count=[2, 5], rate=[1, 3], name=["a", "b"])
    stated = (
        Feature("flag", FeatureKind.BOOLEAN),
        Feature("count", FeatureKind.INTEGER),
        Feature("rate", FeatureKind.NUMBER),
        Feature("name", FeatureKind.TEXT, required=False),
    )
    found = signed(stated, start)
    assert found.seen["flag"].values.to_list() == [False, True]
    assert found.seen["count"].values.to_list() == [2, 3, 4, 5]
    assert found.seen["rate"].values.to_list() == [1.0, 2.0, 3.0]
    assert found.rows.schema["rate"] == pl.Float64
    assert found.seen["name"].nulls
    assert not found.seen["flag"].nulls


def test_a_search_tries_what_the_signature_allows(run: Run, frame: pl.DataFrame) -> None:
    """No age in the table has a half, and the model that is said to read numbers fails on them."""

    def halves(rows: pl.DataFrame) -> NDArray[np.float64]:
        return np.where(rows.get_column("age").to_numpy() % 1 == 0.5, 2.0, 0.5)

    signature = tuple(Feature(name) for name in ("income", "debt", "job"))
    assert not run(bounded, halves, high=1.0).findings
    reads = (*signature, Feature("age", FeatureKind.NUMBER))
    (found,) = run(bounded, halves, high=1.0, signature=reads).findings
    change: Any = found.data["change"]
    assert change["age"] % 1 == 0.5
