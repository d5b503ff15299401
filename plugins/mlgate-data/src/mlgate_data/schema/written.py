"""What a gate file may say under `[checks."data.schema"]`: the part of its JSON schema that no annotation can tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta

from mlgate_data.schema.rules_across import IGNORED
from mlgate_data.schema.types import NAMES

DIRECTIONS = ("increasing", "decreasing", "strictly increasing", "strictly decreasing")
_Part = dict[str, Any]
_TEXT: _Part = {"type": "string", "minLength": 1}
_VALUE: _Part = {"type": ["string", "number", "boolean"]}
_NUMBER: _Part = {"type": "number"}
_TOLERANCE: _Part = {
    "mostly": {"type": "number", "minimum": 0, "maximum": 1, "description": "The share of rows that must hold."},
    "where": {**_TEXT, "description": "The rows that are looked at, as an SQL condition."},
}


def _list(items: _Part) -> _Part:
    return {"type": "array", "items": items}


def _table(properties: Mapping[str, _Part], *required: str) -> _Part:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def _tolerant(value: _Part) -> _Part:
    """The value, or a table that gives it a tolerance of its own."""
    return {"anyOf": [value, _table({"value": value, **_TOLERANCE}, "value")]}


def _band(end: _Part) -> _Part:
    pair = {**_list(end), "minItems": 2, "maxItems": 2}
    ends = _table({"min": end, "max": end, "above": end, "below": end})
    return {"anyOf": [pair, {**ends, "minProperties": 1}]}


_STATISTICS = ("mean", "std", "sum", "median", "distinct", "distinct_share", "present_share")
_PATTERNS = {"anyOf": [_TEXT, _list(_TEXT), _table({"any_of": _list(_TEXT)}, "any_of")]}
COLUMN: _Part = _table(
    {
        "type": {"anyOf": [{"enum": list(NAMES)}, _list({"enum": list(NAMES)})], "description": "What it holds."},
        "required": {"type": "boolean", "description": "Whether the column must be there; true."},
        "nullable": {**_tolerant({"type": "boolean"}), "description": "Whether values may be missing; true."},
        "empty": {**_tolerant({"type": "boolean"}), "description": "Whether no value may be there; false."},
        "unique": {**_tolerant({"type": "boolean"}), "description": "Whether no value may stand twice; false."},
        **{name: _tolerant(_VALUE) for name in ("min", "max", "above", "below")},
        **{name: _tolerant(_list(_VALUE)) for name in ("allowed", "forbidden")},
        **{name: _tolerant(_PATTERNS) for name in ("regex", "not_regex")},
        **{name: _tolerant({"type": "integer", "minimum": 0}) for name in ("min_length", "max_length")},
        **{name: _tolerant({"anyOf": [_TEXT, _list(_TEXT)]}) for name in ("like", "not_like")},
        **{
            name: _tolerant({"type": "number", "exclusiveMinimum": 0})
            for name in ("max_z_score", "max_abs_z_score", "tukey_fences")
        },
        "date_format": {**_tolerant(_TEXT), "description": "As strftime writes it: %Y-%m-%d."},
        "order": _tolerant({"enum": list(DIRECTIONS)}),
        **{name: _band(_NUMBER) for name in _STATISTICS},
        **{name: _band(_VALUE) for name in ("least", "greatest")},
        "quantiles": {"type": "object", "additionalProperties": _band(_NUMBER)},
        "contains": _list(_VALUE),
        "most_common": {"anyOf": [_list(_VALUE), _table({"values": _list(_VALUE), "ties": {"type": "boolean"}})]},
        "kl_divergence": _table(
            {
                "max": _NUMBER,
                "values": _list(_VALUE),
                "bins": _list(_NUMBER),
                "weights": _list(_NUMBER),
                "unseen": _NUMBER,
            },
            "max",
            "weights",
        ),
        **_TOLERANCE,
    }
)
_ACROSS: _Part = {
    **_TOLERANCE,
    "ignore_missing": {"enum": list(IGNORED), "description": "Rows that are left out: any or all columns missing."},
}
_SUM = _table({"columns": _list(_TEXT), "equals": {"type": ["number", "string"]}, "tolerance": _NUMBER, **_ACROSS})
_TOGETHER = _table({"columns": _list(_TEXT), "values": _list(_list(_VALUE)), **_ACROSS}, "columns", "values")
_DIFFERENT = _table({"columns": _list(_TEXT), **_ACROSS}, "columns")
_KEY = _table({"columns": _list(_TEXT), **_TOLERANCE}, "columns")


def _meta(part: _Part) -> Meta:
    return Meta(extra_json_schema=part)


Columns = Annotated[dict[str, Any], _meta({"additionalProperties": COLUMN})]
Conditions = Annotated[list[Any], _meta({"items": {"anyOf": [_TEXT, _table({"sql": _TEXT, **_ACROSS}, "sql")]}})]
Keys = Annotated[list[Any], _meta({"items": {"anyOf": [_list(_TEXT), _KEY]}})]
Sums = Annotated[list[Any], _meta({"items": {**_SUM, "required": ["columns", "equals"]}})]
Together = Annotated[list[Any], _meta({"items": _TOGETHER})]
Different = Annotated[list[Any], _meta({"items": {"anyOf": [_list(_TEXT), _DIFFERENT]}})]
Rows = Annotated[list[int] | dict[str, int], _meta({"description": "How many rows: [1000, 2000] or { min = 1000 }."})]
