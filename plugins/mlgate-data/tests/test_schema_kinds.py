"""Great Expectations' verdicts on kinds beyond single columns: pairs, several columns, statistics, tables.

`gx_verdicts.json` holds what its own release said of one small table with gaps; the file names the release.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlgate import CheckError
from mlgate.tabular import Columns, Table
from mlgate_data.engine.data import data_of
from mlgate_data.engine.scan import Scan
from mlgate_data.schema.check import schema_check
from mlgate_data.schema.claims import Claim, Rows
from mlgate_data.schema.claims_shape import NotFar
from mlgate_data.schema.claims_whole import Unique
from mlgate_data.schema.compiling import Written, claims_of

DOCUMENT: Mapping[str, Any] = json.loads(Path(__file__).with_name("gx_verdicts.json").read_text(encoding="utf-8"))
FRAME = pl.DataFrame(DOCUMENT["table"]).with_columns(pl.col("a", "b").cast(pl.Float64))
IGNORED = {
    "both_values_are_missing": "all",
    "all_values_are_missing": "all",
    "either_value_is_missing": "any",
    "any_value_is_missing": "any",
    "neither": "never",
    "never": "never",
}
Said = Mapping[str, Any]


def _across(said: Said) -> dict[str, Any]:
    tolerance = {"mostly": said["mostly"]} if "mostly" in said else {}
    return {"ignore_missing": IGNORED[said.get("ignore_row_if", "all_values_are_missing")], **tolerance}


def _band(said: Said) -> dict[str, Any]:
    low, high = ("above" if said.get("strict_min") else "min"), ("below" if said.get("strict_max") else "max")
    band = {low: said.get("min_value"), high: said.get("max_value")}
    return {name: value for name, value in band.items() if value is not None}


def _statistic(name: str) -> Callable[[Said], Written]:
    return lambda said: Written({said["column"]: {name: _band(said)}})


def _divergence(said: Said) -> Written:
    stated = said["partition_object"]
    unseen = {"unseen": said["tail_weight_holdout"]} if "tail_weight_holdout" in said else {}
    return Written({said["column"]: {"kl_divergence": {"max": said["threshold"], **stated, **unseen}}})


KINDS: Mapping[str, Callable[[Said], Written]] = {
    "ColumnPairValuesAToBeGreaterThanB": lambda said: Written(
        {}, rows_hold=[{"sql": "a >= b" if said["or_equal"] else "a > b", **_across(said)}]
    ),
    "ColumnPairValuesToBeEqual": lambda said: Written({}, rows_hold=[{"sql": "c = d", **_across(said)}]),
    "ColumnPairValuesToBeInSet": lambda said: Written(
        {},
        allowed_together=[
            {"columns": [said["column_A"], said["column_B"]], "values": said["value_pairs_set"], **_across(said)}
        ],
    ),
    "SelectColumnValuesToBeUniqueWithinRecord": lambda said: Written(
        {}, different=[{"columns": said["column_list"], **_across(said)}]
    ),
    "MulticolumnSumToEqual": lambda said: Written(
        {}, sums=[{"columns": said["column_list"], "equals": said["sum_total"], **_across(said)}]
    ),
    "CompoundColumnsToBeUnique": lambda said: Written({}, unique_together=[said["column_list"]]),
    "ColumnDistinctValuesToBeInSet": lambda said: Written({said["column"]: {"allowed": said["value_set"]}}),
    "ColumnDistinctValuesToContainSet": lambda said: Written({said["column"]: {"contains": said["value_set"]}}),
    "ColumnDistinctValuesToEqualSet": lambda said: Written(
        {said["column"]: {"allowed": said["value_set"], "contains": said["value_set"]}}
    ),
    "ColumnMostCommonValueToBeInSet": lambda said: Written(
        {said["column"]: {"most_common": {"values": said["value_set"], "ties": said.get("ties_okay", False)}}}
    ),
    "ColumnProportionOfUniqueValuesToBeBetween": _statistic("distinct_share"),
    "ColumnProportionOfNonNullValuesToBeBetween": _statistic("present_share"),
    "ColumnUniqueValueCountToBeBetween": _statistic("distinct"),
    "ColumnMeanToBeBetween": _statistic("mean"),
    "ColumnMedianToBeBetween": _statistic("median"),
    "ColumnSumToBeBetween": _statistic("sum"),
    "ColumnStdevToBeBetween": _statistic("std"),
    "ColumnMaxToBeBetween": _statistic("greatest"),
    "ColumnMinToBeBetween": _statistic("least"),
    "ColumnQuantileValuesToBeBetween": lambda said: Written(
        {
            said["column"]: {
                "quantiles": {
                    str(share): band
                    for share, band in zip(
                        said["quantile_ranges"]["quantiles"], said["quantile_ranges"]["value_ranges"], strict=True
                    )
                }
            }
        }
    ),
    "ColumnValueZScoresToBeLessThan": lambda said: Written(
        {said["column"]: {"max_abs_z_score" if said["double_sided"] else "max_z_score": said["threshold"]}}
    ),
    "ColumnValuesToNotBeOutliers": lambda said: Written({said["column"]: {"tukey_fences": said["multiplier"]}}),
    "ColumnKLDivergenceToBeLessThan": _divergence,
    "TableColumnCountToEqual": lambda said: Written({}, column_count=[said["value"], said["value"]]),
    "TableColumnCountToBeBetween": lambda said: Written({}, column_count=_band(said)),
    "TableRowCountToEqual": lambda said: Written({}, rows=[said["value"], said["value"]]),
    "TableRowCountToBeBetween": lambda said: Written({}, rows=_band(said)),
    "TableColumnsToMatchOrderedList": lambda said: Written(
        {name: {} for name in said["column_list"]}, exact=True, ordered=True
    ),
    "TableColumnsToMatchSet": lambda said: Written(
        {name: {} for name in said["column_set"]}, exact=said["exact_match"]
    ),
    "ColumnToExist": lambda said: Written({said["column"]: {}}),
}


# Its quantiles are the nearest value; ours lie between the two nearest, as numpy's and pandas' do.
NEAREST = [case for case in DOCUMENT["cases"] if case["kwargs"].get("quantile_ranges", {}).get("quantiles") == [0.5]]
CASES = [case for case in DOCUMENT["cases"] if case not in NEAREST]


@pytest.mark.parametrize("case", CASES, ids=[f"{place} {case['expectation']}" for place, case in enumerate(CASES)])
def test_a_rule_judges_as_great_expectations_does(case: Mapping[str, Any]) -> None:
    """The same success, and the same rows where the verdict is about rows."""
    scan = Scan(Table.of(FRAME), "test")
    claims = claims_of(KINDS[case["expectation"].removeprefix("Expect")](case["kwargs"]))
    assert all(_held(claim, scan) for claim in claims) == case["success"]
    if "rows" in case:
        [claim] = [each for each in claims if isinstance(each, Rows | Unique | NotFar)]
        found = claim.found(scan)
        assert found.count == case["count"]
        assert sorted(row["row"] for row in found.rows) == case["rows"]


def test_a_quantile_lies_between_the_nearest_values() -> None:
    """Of eight values, the median is half way between the fourth and the fifth, and GX says the fifth."""
    assert [case["kwargs"]["quantile_ranges"]["value_ranges"] for case in NEAREST] == [[[4, 6]]]
    assert _told(columns={"n": {"quantiles": {"0.5": [4, 6]}}}) == [
        "has a quantile 0.5 of 3.5, and it should be between 4 and 6."
    ]


def _held(claim: Claim, scan: Scan) -> bool:
    missing = [name for name in claim.columns if name not in scan.schema]
    return not missing and claim.breach(scan) is None


def test_every_kind_is_asked() -> None:
    """No counterpart without a verdict to hold it against."""
    assert {case["expectation"].removeprefix("Expect") for case in DOCUMENT["cases"]} == set(KINDS)


def _told(**options: Any) -> list[str]:
    data = data_of(Columns(), Table.of(FRAME), None)
    return [finding.message.partition(": ")[2] for finding in schema_check(data, **options).findings]


MESSAGES: Mapping[str, tuple[dict[str, Any], str]] = {
    "combinations": (
        {"allowed_together": [{"columns": ["c", "d"], "values": [["x", "x"]], "ignore_missing": "any"}]},
        "4 of 5 rows (80%) are none of ['x', 'x'].",
    ),
    "different": ({"different": [["c", "d"]]}, "2 of 7 rows (28.6%) are with one value twice among c, d."),
    "the most common": (
        {"columns": {"c": {"most_common": ["z"]}}},
        "does not have 'z' most often.",
    ),
    "z scores": (
        {"columns": {"n": {"max_abs_z_score": 2}}},
        "1 of 8 rows (12.5%) is 2 standard deviations or more from the mean of 9.125.",
    ),
    "fences": (
        {"columns": {"n": {"tukey_fences": 1.5}}},
        "1 of 8 rows (12.5%) is outside the fences -2.875 and 10.125.",
    ),
    "divergence": (
        {"columns": {"c": {"kl_divergence": {"max": 1, "values": ["x"], "weights": [1]}}}},
        "has a divergence of infinite, for it has values that are not stated, and it should be at most 1.",
    ),
    "an SQL pattern": (
        {"columns": {"c": {"like": ["x%", "_"]}, "d": {"not_like": "q%"}}},
        "1 of 6 rows (16.7%) is a match of q%.",
    ),
    "an open band": (
        {"columns": {"n": {"greatest": {"below": 50}}}},
        "has a greatest of 50, and it should be below 50.",
    ),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_what_is_broken_is_said(case: str) -> None:
    """The exact sentence."""
    options, said = MESSAGES[case]
    assert _told(**options) == [said]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"columns": {"n": {"tukey_fences": 0}}},
            "columns.n.tukey_fences: tukey_fences takes a number above 0, not 0.",
        ),
        (
            {"rows_hold": [{"sql": "a > b", "ignore_missing": "some"}]},
            "rows_hold[0]: ignore_missing is any, all or never, not 'some'.",
        ),
        (
            {"different": [["a"]]},
            'different[0]: it takes a list of two columns or more, as ["home", "work"], not [\'a\'].',
        ),
        (
            {"columns": {"n": {"mean": {"min": 1, "above": 2}}}},
            "columns.n.mean: a band has one low end and one high end, as { above = 10, max = 20 }, not "
            "{'min': 1, 'above': 2}.",
        ),
        (
            {"column_count": 5},
            "column_count: a band is two numbers, as [10, 20], or { min = 10 }, not 5.",
        ),
    ],
)
def test_a_mistake_is_said(options: dict[str, Any], said: str) -> None:
    """With what is taken there."""
    with pytest.raises(CheckError) as refusal:
        _told(**options)
    assert str(refusal.value).startswith(said)
