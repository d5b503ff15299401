"""pandera's own verdict on the same schema and rows, and what is said of checks that can't run on a stream."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from mlgate import CheckError, Measurement
from mlgate.tabular import Columns, Table
from mlgate_data.engine.data import data_of
from mlgate_data.schema.check import schema_check

pandera = pytest.importorskip("pandera", reason="pandera is an extra of mlgate-data")

ROWS = 2_000
POLARS = """
import pandera.polars as pa

class Loans(pa.DataFrameModel):
    age: int = pa.Field(ge=18, le=99)
    rate: float = pa.Field(in_range={"min_value": 0, "max_value": 1, "include_max": False}, nullable=True)
    country: str = pa.Field(isin=["DE", "FR", "US"])
    code: str = pa.Field(str_matches=r"[A-Z]\\d{3}", str_length={"min_value": 4, "max_value": 4})
    mail: str = pa.Field(str_contains="@", str_endswith=".org", str_startswith="u")
    id: int = pa.Field(unique=True, gt=-1, lt=1_000_000, ne=77_777)

    class Config:
        strict = True
        ordered = True
        unique = ["country", "id"]
"""
PANDAS = """
import pandera.pandas as pa
from pandera.pandas import Check, Column

Loans = pa.DataFrameSchema(
    {
        "age": Column(int, [Check.ge(18), Check.le(99)]),
        "rate": Column(float, Check.in_range(0, 1, include_max=False), nullable=True),
        "country": Column(str, Check.isin(["DE", "FR", "US"])),
        "code": Column(str, [Check.str_matches(r"[A-Z]\\d{3}"), Check.str_length(4, 4)]),
        "mail": Column(str, [Check.str_contains("@"), Check.str_endswith(".org"), Check.str_startswith("u")]),
        "id": Column(int, [Check.gt(-1), Check.lt(1_000_000), Check.ne(77_777)], unique=True),
    },
    strict=True,
    ordered=True,
    unique=["country", "id"],
)
"""


@pytest.fixture(params=[POLARS, PANDAS], ids=["polars", "pandas"])
def module(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file with a schema, as users have them."""
    (tmp_path / "schemas.py").write_text(request.param, encoding="utf-8")
    return tmp_path


def _clean() -> pl.DataFrame:
    draw = np.random.default_rng(3)
    return pl.DataFrame(
        {
            "age": draw.integers(18, 100, ROWS),
            "rate": draw.random(ROWS),
            "country": draw.choice(["DE", "FR", "US"], ROWS),
            "code": [f"A{place % 1000:03d}" for place in range(ROWS)],
            "mail": [f"u{place}@example.org" for place in range(ROWS)],
            "id": np.arange(ROWS),
        }
    ).with_columns(rate=pl.when(pl.col("id") % 9 == 0).then(None).otherwise("rate"))


def _set(column: str, value: Any, *rows: int) -> pl.DataFrame:
    return _clean().with_columns(
        pl.when(pl.int_range(pl.len()).is_in(rows)).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
    )


BROKEN: Mapping[str, tuple[pl.DataFrame, int]] = {
    "a bound": (_set("age", 17, 3, 900), 2),
    "an open end": (_set("rate", 1.0, 5), 1),
    "a set": (_set("country", "XX", 1, 2, 3), 3),
    "a pattern at the beginning": (_set("code", "0A12", 8), 1),
    "a length": (_set("code", "A1234", 8, 9), 2),
    "a part": (_set("mail", "u.example.org", 4), 1),
    "an ending": (_set("mail", "u@example.com", 4, 6), 2),
    "a beginning": (_set("mail", "x@example.org", 4), 1),
    "a value": (_set("id", 77_777, 4), 1),
    "a missing value": (_set("country", None, 7, 8), 2),
}


def _measure(frame: pl.DataFrame, folder: Path, **options: Any) -> Measurement:
    return schema_check(data_of(Columns(), Table.of(frame), None, folder), schema="schemas.py:Loans", **options)


def _own_verdict(frame: pl.DataFrame, folder: Path) -> list[dict[str, Any]]:
    """The failure cases of pandera itself."""
    space: dict[str, Any] = {}
    exec((folder / "schemas.py").read_text(encoding="utf-8"), space)
    schema = space["Loans"].to_schema() if hasattr(space["Loans"], "to_schema") else space["Loans"]
    try:
        schema.validate(frame if "polars" in type(schema).__module__ else frame.to_pandas(), lazy=True)
    except (pandera.errors.SchemaErrors, pandera.errors.SchemaError) as errors:
        cases = errors.failure_cases
        return list(cases.to_dicts() if isinstance(cases, pl.DataFrame) else cases.to_dict("records"))
    return []


def test_clean_rows_pass_as_they_do_in_pandera(module: Path) -> None:
    """No finding where pandera has no failure case."""
    assert _own_verdict(_clean(), module) == []
    assert _measure(_clean(), module).findings == ()


@pytest.mark.parametrize("defect", BROKEN)
def test_a_defect_breaks_the_same_rows_as_in_pandera(module: Path, defect: str) -> None:
    """As many failing rows, in the same column, as pandera has failure cases."""
    frame, broken = BROKEN[defect]
    cases = _own_verdict(frame, module)
    [finding] = _measure(frame, module).findings
    assert len(cases) == finding.data["count"] == broken
    assert {case["column"] for case in cases} == set(finding.data["columns"])  # type: ignore[arg-type]


def test_repeated_keys_break_uniqueness_as_in_pandera(module: Path) -> None:
    """A repeated value breaks the column's and the compound key's rule."""
    frame = pl.concat([_clean().head(1), _clean()])
    try:
        own = {case["column"] for case in _own_verdict(frame, module)}
    except NotImplementedError:
        pytest.skip("this version of pandera can't tell which of a polars frame's keys repeat")
    findings = _measure(frame, module).findings
    assert "id" in own
    assert [finding.data["columns"] for finding in findings] == [["country", "id"], ["id"]]
    assert all(finding.data["count"] == 2 for finding in findings)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda frame: frame.drop("age").rename({"code": "coed"}),
            "The test table lacks 2 columns that the schema names: 'age', 'code' (nearest: 'coed').",
        ),
        (
            lambda frame: frame.with_columns(extra=1),
            "The test table has a column that the schema does not name: 'extra'.",
        ),
        (
            lambda frame: frame.select("rate", pl.exclude("rate")),
            "The test table has its columns in another order: 'rate' stands where 'age' should.",
        ),
        (
            lambda frame: frame.with_columns(pl.col("age").cast(pl.String)),
            "'age' of the test table: holds String, and should hold int64, which every text in it can be read as.",
        ),
    ],
    ids=["missing", "further", "order", "type"],
)
def test_what_is_wrong_with_the_table_is_said(module: Path, change: Any, said: str) -> None:
    """Missing columns with their nearest names, further ones, another order, another type."""
    frame = change(_clean())
    assert _own_verdict(frame, module) != []
    assert said in [finding.message for finding in _measure(frame, module).findings]


OWN = """
import pandera.{engine} as pa
import polars as pl

class Loans(pa.DataFrameModel):
    age: int = pa.Field(ge=18)
    rate: float

    @pa.check("rate", name="rounded")
    def rounded(cls, values):
        return {rounded}

    @pa.dataframe_check(name="no_young_rich")
    def no_young_rich(cls, values):
        return {rich}
"""
STRAY = """
import pandera.polars as pa

class S(pa.DataFrameModel):
    x: int

    @pa.check("y")
    def own(cls, values):
        return values
"""
OWNS = {
    "polars": {
        "rounded": "values.lazyframe.select(pl.col('rate').round(1) == pl.col('rate'))",
        "rich": "values.lazyframe.select((pl.col('age') > 20) | (pl.col('rate') < 5))",
    },
    "pandas": {"rounded": "values.round(1) == values", "rich": "(values['age'] > 20) | (values['rate'] < 5)"},
}


@pytest.fixture(params=["polars", "pandas"])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A schema with functions of the user's."""
    text = OWN.replace("{engine}", request.param)
    for name, body in OWNS[request.param].items():
        text = text.replace("{" + name + "}", body)
    (tmp_path / "schemas.py").write_text(text, encoding="utf-8")
    return tmp_path


FEW = pl.DataFrame({"age": [18, 19, 30, 40], "rate": [0.5, 9.0, 1.25, 2.0]})


def test_checks_of_the_users_own_do_not_pass_unseen(own: Path) -> None:
    """They are named, with the way to run them."""
    with pytest.raises(CheckError) as refusal:
        _measure(FEW, own)
    assert str(refusal.value) == (
        "schemas.py:Loans has checks that can't run on a stream of rows: rounded of 'rate', no_young_rich of the table."
        " Set `sample = 100000` to let pandera run them on so many rows in memory."
    )


def test_checks_of_the_users_own_run_on_a_sample_where_asked(own: Path) -> None:
    """pandera's verdict on them is a finding, and the notes say on how many rows."""
    measured = _measure(FEW, own, sample=100)
    assert [finding.message for finding in measured.findings] == [
        "The test table breaks your check rounded of 'rate' in 1 row looked at.",
        "The test table breaks your check no_young_rich of the table in 1 row looked at.",
    ]
    assert "2 checks of your own ran on 4 of its 4 rows." in measured.notes


def test_a_sample_is_drawn_from_the_whole_table(own: Path) -> None:
    """A sample of a tenth holds a tenth of the rows, the last ones too."""
    many = pl.DataFrame({"age": np.full(50_000, 30), "rate": np.repeat([1.0, 1.25], 25_000)})
    [finding] = _measure(many, own, sample=5_000).findings
    assert finding.data["count"] == pytest.approx(2_500, abs=200)


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("schemas", "'schemas' does not name a schema. Write it as \"schemas.py:Credit\"."),
        ("schemas.py:Loan", "schemas.py has no Loan. Did you mean Loans?"),
        ("schemas.py:pa", "schemas.py:pa is a module, and neither a DataFrameModel nor a DataFrameSchema of pandera."),
        ("other.py:Loans", "there is no file {folder}/other.py, which other.py:Loans names."),
        ("broken.py:Loans", "{folder}/broken.py does not import: ZeroDivisionError: division by zero."),
        ("alien.py:Loans", "{folder}/alien.py does not import: No module named 'no_such_module'."),
        ("stray.py:S", "pandera can't build stray.py:S: Check own is assigned to a non-existing field 'y'."),
    ],
)
def test_a_reference_that_leads_nowhere_is_told(module: Path, reference: str, said: str) -> None:
    """What was written, what is there, and the nearest name."""
    (module / "broken.py").write_text("1 / 0", encoding="utf-8")
    (module / "stray.py").write_text(STRAY, encoding="utf-8")
    (module / "alien.py").write_text("import no_such_module", encoding="utf-8")
    with pytest.raises(CheckError) as refusal:
        schema_check(data_of(Columns(), Table.of(_clean()), None, module), schema=reference)
    assert str(refusal.value) == said.replace("{folder}", str(module))
