"""Every rule of a gate file against counts made by pandas, on frames and on Parquet files in many row groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlgate import Finding
from mlgate.tabular import Columns, Table
from mlgate_data.engine.data import data_of
from mlgate_data.schema.check import schema_check

ROWS = 5_000


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Loans with some of everything wrong."""
    draw = np.random.default_rng(11)
    frame = pd.DataFrame(
        {
            "id": draw.integers(0, 4_000, ROWS),
            "serial": np.arange(ROWS),
            "age": draw.integers(10, 130, ROWS),
            "rate": draw.normal(0.5, 0.3, ROWS),
            "country": draw.choice(["DE", "FR", "US", "de", "??"], ROWS),
            "code": [
                f"{letter}{number}" for letter, number in zip(draw.choice(list("AB7"), ROWS), range(ROWS), strict=True)
            ],
            "day": draw.choice(["2024-02-29", "2023-02-29", "2024-13-01", "2024-01-01"], ROWS),
            "opened": pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 900, ROWS), unit="D"),
            "closed": pd.Timestamp("2025-01-01") + pd.to_timedelta(draw.integers(0, 900, ROWS), unit="D"),
            "part": draw.integers(0, 100, ROWS),
        }
    )
    frame["rest"] = 100 - frame["part"] + (draw.random(ROWS) < 0.01)
    for name, share in (("rate", 0.1), ("country", 0.05), ("code", 0.02), ("day", 0.03)):
        frame.loc[draw.random(ROWS) < share, name] = None
    return frame


@pytest.fixture(scope="module", params=["frame", "one row group", "many row groups", "CSV"])
def table(request: pytest.FixtureRequest, frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Table:
    """The same rows in memory, and in files."""
    tmp_path = tmp_path_factory.mktemp("rows")
    if request.param == "frame":
        return Table.of(frame)
    if request.param == "CSV":
        frame.to_csv(tmp_path / "rows.csv", index=False)
        return Table.scan(str(tmp_path / "rows.csv"))
    size = ROWS if request.param == "one row group" else 617
    frame.to_parquet(tmp_path / "rows.parquet", row_group_size=size)
    return Table.scan(str(tmp_path / "rows.parquet"))


def _findings(table: Table, sensitive: tuple[str, ...] = (), **options: Any) -> tuple[Finding, ...]:
    return schema_check(data_of(Columns(sensitive=sensitive), table, None), **options).findings


Broken = Callable[[pd.DataFrame], "pd.Series[bool]"]
COUNTED: Mapping[str, tuple[str, dict[str, Any], Broken]] = {
    "min": ("age", {"min": 18}, lambda frame: frame["age"] < 18),
    "max": ("rate", {"max": 0.9}, lambda frame: frame["rate"] > 0.9),
    "above": ("age", {"above": 18}, lambda frame: frame["age"] <= 18),
    "below": ("rate", {"below": 0.9}, lambda frame: frame["rate"] >= 0.9),
    "min of text": ("country", {"min": "E"}, lambda frame: frame["country"] < "E"),
    "a date": ("opened", {"min": "2024-06-01"}, lambda frame: frame["opened"] < pd.Timestamp("2024-06-01")),
    "nullable": ("rate", {"nullable": False}, lambda frame: frame["rate"].isna()),
    "nullable text": ("country", {"nullable": False}, lambda frame: frame["country"].isna()),
    "empty": ("rate", {"empty": True}, lambda frame: frame["rate"].notna()),
    "allowed": (
        "country",
        {"allowed": ["DE", "FR", "US"]},
        lambda frame: frame["country"].notna() & ~frame["country"].isin(["DE", "FR", "US"]),
    ),
    "allowed numbers": ("age", {"allowed": list(range(18, 100))}, lambda frame: ~frame["age"].between(18, 99)),
    "forbidden": ("country", {"forbidden": ["??"]}, lambda frame: frame["country"] == "??"),
    "regex": ("country", {"regex": "^[A-Z]{2}$"}, lambda frame: frame["country"].isin(["de", "??"])),
    "regex of many values": (
        "code",
        {"regex": "^[A-Z]"},
        lambda frame: frame["code"].str.match("[^A-Z]").fillna(False).astype(bool),
    ),
    "not_regex": ("code", {"not_regex": "^7"}, lambda frame: frame["code"].str.startswith("7").fillna(False)),
    "min_length": ("code", {"min_length": 4}, lambda frame: frame["code"].str.len() < 4),
    "max_length": ("code", {"max_length": 4}, lambda frame: frame["code"].str.len() > 4),
    "unique": ("id", {"unique": True}, lambda frame: frame["id"].duplicated(keep=False)),
    "unique text": (
        "country",
        {"unique": True},
        lambda frame: frame["country"].duplicated(keep=False) & frame["country"].notna(),
    ),
    "order": ("age", {"order": "increasing"}, lambda frame: frame["age"].diff() < 0),
    "strict order": ("age", {"order": "strictly decreasing"}, lambda frame: frame["age"].diff() >= 0),
    "where": (
        "age",
        {"min": {"value": 18, "where": "country = 'DE' AND rate > 0.5"}},
        lambda frame: (frame["age"] < 18) & (frame["country"] == "DE") & (frame["rate"] > 0.5),
    ),
    "unique where": (
        "id",
        {"unique": True, "where": "country = 'DE'"},
        lambda frame: (frame["country"] == "DE") & frame["id"].where(frame["country"] == "DE").duplicated(keep=False),
    ),
}


@pytest.mark.parametrize("rule", COUNTED)
def test_a_rule_counts_the_rows_that_pandas_counts(rule: str, table: Table, frame: pd.DataFrame) -> None:
    """The same number of rows, and the first twenty of them by their numbers and values."""
    column, rules, broken = COUNTED[rule]
    rows = frame.index[broken(frame)]
    [finding] = _findings(table, columns={column: rules})
    assert len(rows) > 20
    assert finding.data["count"] == len(rows)
    shown: Any = finding.data["rows"]
    expected = rows[:20] if "unique" not in rule else [row["row"] for row in shown]
    assert [row["row"] for row in shown] == list(expected)
    assert set(expected) <= set(rows)


def test_a_day_that_does_not_exist_is_no_date(frame: pd.DataFrame) -> None:
    """Python's own strptime tells which texts are dates."""
    table = Table.of(frame[["day"]])
    [finding] = _findings(table, columns={"day": {"date_format": "%Y-%m-%d"}})
    assert finding.data["count"] == frame["day"].isin(["2023-02-29", "2024-13-01"]).sum()


def test_rules_across_columns(table: Table, frame: pd.DataFrame) -> None:
    """Conditions, compound keys and sums are counted as pandas counts them."""
    late, key, total = _findings(
        table,
        rows_hold=["opened <= closed"],
        unique_together=[["id", "country"]],
        sums=[{"columns": ["part", "rest"], "equals": 100}],
    )
    assert late.data["count"] == (frame["opened"] > frame["closed"]).sum() > 0
    assert key.data["count"] == frame.duplicated(["id", "country"], keep=False).sum() > 0
    assert total.data["count"] == (frame["part"] + frame["rest"] != 100).sum() > 0


STATISTICS: Mapping[str, tuple[str, Callable[[pd.Series[Any]], float]]] = {
    "mean": ("rate", lambda values: values.mean()),
    "std": ("rate", lambda values: values.std()),
    "sum": ("age", lambda values: values.sum()),
    "median": ("rate", lambda values: values.median()),
    "least": ("age", lambda values: values.min()),
    "greatest": ("rate", lambda values: values.max()),
    "distinct": ("country", lambda values: values.nunique()),
    "distinct_share": ("id", lambda values: values.nunique() / values.count()),
}


@pytest.mark.parametrize("statistic", STATISTICS)
def test_a_statistic_is_pandas_own(statistic: str, table: Table, frame: pd.DataFrame) -> None:
    """A narrow band around pandas' value passes, one beside it fails and tells the value."""
    column, value = STATISTICS[statistic][0], float(STATISTICS[statistic][1](frame[STATISTICS[statistic][0]]))
    narrow = abs(value) * 1e-9 + 1e-12
    assert _findings(table, columns={column: {statistic: [value - narrow, value + narrow]}}) == ()
    [finding] = _findings(table, columns={column: {statistic: {"min": value + 1}}})
    assert finding.data["value"] == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99, 1.0])
def test_a_quantile_is_numpys_own(share: float, table: Table, frame: pd.DataFrame) -> None:
    """Linear between neighbours, exact."""
    value = float(frame["rate"].quantile(share))
    band = [value - 1e-9, value + 1e-9]
    assert _findings(table, columns={"rate": {"quantiles": {str(share): band}}}) == ()


def test_mostly_tells_by_the_share_of_rows_that_have_a_value(table: Table, frame: pd.DataFrame) -> None:
    """Just above the share of good rows it fails, at it and below it passes."""
    present = frame["rate"].dropna()
    good = float((present <= 0.9).mean())
    for mostly, broken in ((good + 1e-6, 1), (good, 0), (good - 1e-6, 0)):
        assert len(_findings(table, columns={"rate": {"max": 0.9, "mostly": mostly}})) == broken


def test_a_rule_can_have_a_tolerance_of_its_own(table: Table) -> None:
    """The column's `mostly` holds for all rules, and a rule's own goes first."""
    rules = {"max": {"value": 0.9, "mostly": 0.5}, "min": -5, "mostly": 1.0}
    assert _findings(table, columns={"rate": rules}) == ()
    assert len(_findings(table, columns={"rate": {**rules, "max": 0.9}})) == 1


def test_failing_rows_of_sensitive_columns_are_masked(table: Table, frame: pd.DataFrame) -> None:
    """The row's number stays, its value does not."""
    [finding] = _findings(table, ("age",), columns={"age": {"min": {"value": 18, "where": "country = 'DE'"}}})
    rows: Any = finding.data["rows"]
    assert {row["age"] for row in rows} == {"(sensitive)"}
    assert {row["country"] for row in rows} == {"DE"}


def test_rules_of_the_table(table: Table) -> None:
    """Number of rows, missing and further columns, their order."""
    messages = [
        finding.message
        for finding in _findings(
            table,
            columns={"serial": {}, "id": {}, "contry": {}, "extra": {"required": False, "min": 3}},
            rows={"max": 100},
            exact=True,
            ordered=True,
        )
    ]
    assert messages == [
        "The test table lacks a column that the schema names: 'contry' (nearest: 'country').",
        "The test table has 9 columns that the schema does not name: 'age', 'rate', 'country', 'code', 'day', 'opened',"
        " 'closed', 'part', 'rest'.",
        "The test table has its columns in another order: 'id' stands where 'serial' should.",
        "The test table has 5,000 rows, and should have at most 100.",
    ]


FEW = pd.DataFrame(
    {
        "age": [17, 16, 30, 31, 32, 33, 34, 35],
        "rate": [0.5, 0.95, 0.99, 1.5, 0.1, None, 0.2, 0.3],
        "country": ["DE", "DE", "US", "US", None, "DE", "FR", "DE"],
        "code": ["1", "2", "x", "4", None, "6", "y", "8"],
        "serial": range(8),
    }
)
MESSAGES: Mapping[str, tuple[dict[str, Any], str]] = {
    "a count": ({"age": {"min": 18}}, "'age' of the test table: 2 of 8 rows (25%) are below 18."),
    "one row": ({"age": {"min": 17}}, "'age' of the test table: 1 of 8 rows (12.5%) is below 17."),
    "a tolerance": (
        {"rate": {"max": {"value": 0.9, "mostly": 0.95, "where": "country = 'DE'"}}},
        "'rate' of the test table: 1 of 3 rows (33.3%) is above 0.9; at most 5% may be (rows where country = 'DE').",
    ),
    "a set": (
        {"country": {"allowed": ["DE", "FR"]}},
        "'country' of the test table: 2 of 7 rows (28.6%) are none of 'DE', 'FR'.",
    ),
    "a type": ({"age": {"type": "text"}}, "'age' of the test table: holds Int64, and should hold text."),
    "floats that are no whole numbers": (
        {"rate": {"type": "int"}},
        "'rate' of the test table: holds Float64, and should hold whole numbers: 7 of 7 rows (100%) are not whole"
        " numbers.",
    ),
    "text that is no number": (
        {"code": {"type": "int"}},
        "'code' of the test table: holds String, and should hold whole numbers: 2 of 7 rows (28.6%) are no int.",
    ),
    "a rule that does not fit": (
        {"age": {"regex": "x"}},
        "'age' of the test table: the rule regex could not be held against it: column 'age' holds Int64, and regex"
        " speaks of text.",
    ),
    "a value that does not fit": (
        {"age": {"min": "18"}},
        "'age' of the test table: the rule min could not be held against it: column 'age' holds Int64, which can't be"
        " compared with '18'.",
    ),
    "a value that must occur": (
        {"country": {"contains": ["DE", "AT"]}},
        "'country' of the test table: has no row with 'AT'.",
    ),
    "an order": (
        {"serial": {"order": "decreasing"}},
        "'serial' of the test table: 7 of 8 rows (87.5%) are not decreasing from the row before.",
    ),
    "repeated values": (
        {"country": {"unique": True}},
        "'country' of the test table: 6 of 7 rows (85.7%) repeat values of other rows.",
    ),
    "a statistic": (
        {"age": {"mean": [1, 2]}},
        "'age' of the test table: has a mean of 28.5, and it should be between 1 and 2.",
    ),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_a_finding_says_table_column_rule_and_rows(case: str) -> None:
    """The exact sentence."""
    columns, said = MESSAGES[case]
    [finding] = _findings(Table.of(FEW), columns=columns)
    assert finding.message == said
