"""Great Expectations' own verdicts on column rules: success, unexpected count and values, `mostly`, row conditions."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlgate.tabular import Table
from mlgate_data.engine.scan import Scan
from mlgate_data.schema.claims import Rows, Type
from mlgate_data.schema.claims_shape import NotFar
from mlgate_data.schema.claims_whole import Ordered, Unique
from mlgate_data.schema.compiling import Written, claims_of

CASES = "gx_column_map_cases.json.gz"

# Kinds without a counterpart; docs/data-oracle.md says why.
NO_COUNTERPART = {
    "expect_column_values_to_be_dateutil_parseable",
    "expect_column_values_to_be_json_parseable",
    "expect_column_values_to_match_json_schema",
}
# Cases of kinds with a counterpart that speak of what no table here can be; the reasons stand in docs/data-oracle.md.
NOT_HERE = {
    "expect_column_values_to_be_decreasing#2.1": "a table without rows is refused before any rule is held",
    "expect_column_values_to_be_in_set#2.1": "a table without rows is refused before any rule is held",
    "expect_column_values_to_be_in_type_list#1.26": "a type rule that names no type is a mistake",
    "expect_column_values_to_be_of_type#1.21": "object is a type of pandas alone",
    "expect_column_values_to_be_of_type#1.22": "object is a type of pandas alone",
    "expect_column_values_to_be_of_type#1.23": "object is a type of pandas alone",
    "expect_column_values_to_be_of_type#2.4": "a time with a zone is a datetime too",
}
CONDITIONS = {
    "s4 == 5": "s4 = 5",
    "s4 == 4": "s4 = 4",
    '(equal_length_integer == 5) & (equal_length_string == "e")': (
        "equal_length_integer = 5 AND equal_length_string = 'e'"
    ),
    '(equal_length_integer == 4) & (equal_length_string == "d")': (
        "equal_length_integer = 4 AND equal_length_string = 'd'"
    ),
    'y == "abc"': "y = 'abc'",
    "y == 9": "y = '9'",
    'x == "1"': "1 = 0",  # pandas compares a number with text: true nowhere
    "x == 1": "x = 1",
}
TYPES = {"string": "text", "datetime64": "datetime"}


def _document() -> Mapping[str, Any]:
    path = Path(__file__).resolve().parents[4] / "shared" / "data" / CASES
    return json.loads(gzip.decompress(path.read_bytes())) if path.is_file() else {"cases": [], "datasets": {}}


DOCUMENT = _document()
JUDGED = [
    case
    for case in DOCUMENT["cases"]
    if case["verified_with_gx_1_24_1"] and case["expectation"] not in NO_COUNTERPART and case["id"] not in NOT_HERE
]


def test_the_cases_are_there(shared_data: Path) -> None:
    """Without the file of cases, nothing below would be asked."""
    assert len(JUDGED) > 150


@pytest.mark.parametrize("case", JUDGED, ids=[case["id"] for case in JUDGED])
def test_a_rule_judges_as_great_expectations_does(case: Mapping[str, Any]) -> None:
    """The same success, the same number of rows, the same values and row numbers."""
    scan = Scan(Table.of(_frame(DOCUMENT["datasets"][case["dataset"]], case)), "test")
    claims = claims_of(Written({case["kwargs"]["column"]: _rules(case)}))
    expected = case["expect"]
    assert all(claim.breach(scan) is None for claim in claims) == expected["success"]
    counted = [claim for claim in claims if isinstance(claim, Rows | Unique | Ordered | NotFar)]
    if "unexpected_list" in expected and counted:
        rows = _broken_rows(counted, scan)
        assert _comparable(rows.values()) == _comparable(expected["unexpected_list"])
        if "unexpected_index_list" in expected:
            assert sorted(rows) == [each["pk_index"] for each in expected["unexpected_index_list"]]
    if "result" in expected:
        assert sum(claim.found(scan).count for claim in counted) == expected["result"]["unexpected_count"]
        assert scan.rows == expected["result"]["element_count"]
    assert counted or any(isinstance(claim, Type) for claim in claims)


def _broken_rows(claims: list[Any], scan: Scan) -> dict[int, Any]:
    """Row number to value, over all claims that one expectation became."""
    name = claims[0].columns[0]
    found = [(row["row"], row[name]) for claim in claims for row in claim.found(scan).rows]
    assert len(found) == sum(claim.found(scan).count for claim in claims)
    return dict(sorted(found))


def _comparable(values: Any) -> list[Any]:
    return sorted((None if value is None else str(value) for value in values), key=str)


def _rules(case: Mapping[str, Any]) -> dict[str, object]:
    """The expectation in the words of a gate file."""
    kwargs = case["kwargs"]
    rules = _rule(case["expectation"].removeprefix("expect_column_").removesuffix("_tz_naive"), kwargs)
    if "mostly" in kwargs:
        rules["mostly"] = kwargs["mostly"]
    if "row_condition" in kwargs:
        rules["where"] = CONDITIONS[kwargs["row_condition"]]
    return rules


def _rule(kind: str, kwargs: Mapping[str, Any]) -> dict[str, object]:
    if kind in ("values_to_be_increasing", "values_to_be_decreasing"):
        direction = kind.removeprefix("values_to_be_")
        return {"order": f"strictly {direction}" if kwargs.get("strictly") else direction}
    if kind == "values_to_be_between":
        low = "above" if kwargs.get("strict_min") else "min"
        high = "below" if kwargs.get("strict_max") else "max"
        return _stated({low: kwargs.get("min_value"), high: kwargs.get("max_value")})
    return COUNTERPARTS[kind](kwargs)


COUNTERPARTS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, object]]] = {
    "value_lengths_to_be_between": lambda said: _stated(
        {"min_length": said.get("min_value"), "max_length": said.get("max_value")}
    ),
    "value_lengths_to_equal": lambda said: {"min_length": said["value"], "max_length": said["value"]},
    "values_to_be_in_set": lambda said: {"allowed": said["value_set"]},
    "values_to_not_be_in_set": lambda said: {"forbidden": [value for value in said["value_set"] if value is not None]},
    "values_to_match_regex": lambda said: {"regex": said["regex"]},
    "values_to_not_match_regex": lambda said: {"not_regex": said["regex"]},
    "values_to_match_regex_list": lambda said: {
        "regex": said["regex_list"] if said.get("match_on") == "all" else {"any_of": said["regex_list"]}
    },
    "values_to_not_match_regex_list": lambda said: {"not_regex": said["regex_list"]},
    "values_to_match_strftime_format": lambda said: {"date_format": said["strftime_format"]},
    "values_to_not_be_null": lambda said: {"nullable": False},
    "values_to_be_null": lambda said: {"empty": True},
    "values_to_be_unique": lambda said: {"unique": True},
    "value_z_scores_to_be_less_than": lambda said: {
        "max_abs_z_score" if said.get("double_sided") else "max_z_score": said["threshold"]
    },
    "values_to_be_of_type": lambda said: {"type": TYPES.get(said["type_"], said["type_"])},
    "values_to_be_in_type_list": lambda said: {"type": [TYPES.get(name, name) for name in said["type_list"]]},
}


def _stated(rules: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in rules.items() if value is not None}


def _frame(dataset: Mapping[str, Any], case: Mapping[str, Any]) -> pl.DataFrame:
    """The columns that the case speaks of; values of several types in one column are text, as in a CSV file."""
    condition = case["kwargs"].get("row_condition", "")
    wanted = [name for name in dataset["data"] if name == case["kwargs"]["column"] or name in condition]
    types = dataset["dtypes"] or {}
    return pl.DataFrame([_series(name, dataset["data"][name], types.get(name)) for name in wanted])


def _series(name: str, values: list[Any], dtype: str | None) -> pl.Series:
    if dtype in ("datetime64[ns]", "timestamp") and name != "ts":
        return pl.Series(name, [None if value is None else datetime.fromisoformat(value) for value in values])
    kinds = {type(value) for value in values if value is not None}
    if dtype == "str" or len(kinds - {int, float}) > (0 if kinds & {int, float} else 1):
        values = [None if value is None else str(value) for value in values]
    return pl.Series(name, values, strict=False)
