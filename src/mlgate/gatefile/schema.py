"""The JSON schema of a gate file, from the checks that are installed: editors complete by it, and we validate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlgate.checks import Check
from mlgate.gatefile.model_tables import model_schema
from mlgate.gatefile.options import option_schemas
from mlgate.gatefile.rule_schema import Schema, choice, rule_definitions, rule_properties, setting_properties
from mlgate.results import SandboxLevel, Undecided
from mlgate.rules import RULE_NAMES, Bootstrap, Policy, Secrets
from mlgate.tabular import Forgiven

VERSION = 1
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_POLICY = Policy()


def schema(checks: Sequence[Check]) -> dict[str, object]:
    """The schema, in JSON's types; TOML's dates are text in it. With every check's options, typed and with defaults."""
    options, shared = option_schemas(checks)
    return {
        "$schema": DIALECT,
        "title": "mlgate gate file",
        "description": "Which model is judged, on what, and what it must show.",
        "type": "object",
        "properties": {
            "version": {"const": VERSION, "description": "The version of this format."},
            "candidate": model_schema("The model under test.", "Its URI, path or package.module:factory."),
            "champion": model_schema("The model to compare with.", "Its URI, path or factory."),
            "data": _data(),
            "checks": _table("What is checked, by id.", {check.id: _check(check, options) for check in checks}),
            "policy": _policy(),
            "waivers": {"description": "Named exceptions to rules.", "type": "array", "items": _waiver(checks)},
            "promote": _promote(),
        },
        "required": ["version"],
        "additionalProperties": False,
        "$defs": {**rule_definitions(), **shared},
    }


def _check(check: Check, options: Mapping[tuple[str, str], Schema]) -> Schema:
    known = {option.name: options.get((check.id, option.name), {}) for option in check.options}
    table = _table(check.summary, {**rule_properties(), **setting_properties(), **known})
    required = [option.name for option in check.options if option.required]
    return {**table, "required": required} if required else table


def _data() -> Schema:
    columns = {"type": "array", "items": _text("A column."), "minItems": 1}
    return _table(
        "The tables and the roles of their columns.",
        {
            "train": _text("The training table: Parquet, CSV, JSON lines, a glob, or a URI."),
            "test": _text("The table that judges."),
            "label": _text("The column that holds the truth."),
            "positive": {"type": ["string", "number", "boolean"], "description": "The label of the positive class."},
            "entity": _text("The column whose rows belong together, as a customer's."),
            "time": _text("The column that says when."),
            "weight": _text("The column that says how much a row counts."),
            "sensitive": {"type": "array", "items": _text("A column."), "description": "Sensitive columns."},
            "sensitive_file": {
                "anyOf": [_text("A table with one row per entity."), _side_file()],
                "description": "The table that holds sensitive columns, joined by `entity`.",
            },
            "sensitive_bins": {
                "type": "object",
                "additionalProperties": {"anyOf": [{"type": "integer", "minimum": 2}, _edges()]},
                "description": "Bands of sensitive numbers: how many of equal size, or the edges between them.",
            },
            "slices": {
                "type": "array",
                "items": {"anyOf": [_text("A column."), columns]},
                "description": "Parts to judge by themselves: a column, or a list of columns that are crossed.",
            },
        },
    )


def _side_file() -> Schema:
    forgiven = {"enum": [str(each) for each in Forgiven]}
    table = _table(
        "The side file, and what may be wrong with it.",
        {
            "path": _text("Parquet, CSV or JSON lines, with one row per entity."),
            "allow": {
                "type": "array",
                "items": forgiven,
                "description": "Entities that it lacks, or names twice: their rows are in the group null.",
            },
        },
    )
    return {**table, "required": ["path"]}


def _edges() -> Schema:
    return {"type": "array", "items": {"type": "number"}, "minItems": 1}


def _policy() -> Schema:
    return _table(
        "How sure decisions are, and what happens where they can't be.",
        {
            "confidence": {
                "type": "number",
                "minimum": 0.5,
                "exclusiveMaximum": 1,
                "default": _POLICY.confidence,
                "description": "The confidence of every interval.",
            },
            "undecided": choice(Undecided, "What an inconclusive rule does.", default=str(_POLICY.undecided)),
            "bootstrap": choice(
                Bootstrap, "What champion rules do on a first release.", default=str(_POLICY.bootstrap)
            ),
            "looks": {
                "type": "integer",
                "minimum": 1,
                "default": _POLICY.looks,
                "description": "How many candidates share the error budget of one test set.",
            },
            "sandbox": choice(
                SandboxLevel,
                "The least that a model is opened in, or it is not opened.",
                default=str(_POLICY.sandbox),
            ),
            "secrets": choice(
                Secrets,
                "What a run does that holds keys or tokens beside a model without a full sandbox.",
                default=str(_POLICY.secrets),
            ),
            "skip": {
                "type": "array",
                "items": {"type": "string", "minLength": 1},
                "default": [],
                "description": "Patterns of checks that this gate goes without, such as 'robustness.*'.",
            },
        },
    )


def _waiver(checks: Sequence[Check]) -> Schema:
    return {
        **_table(
            "An exception to the rules of one check.",
            {
                "check": {
                    "enum": [check.id for check in checks if not check.members],
                    "description": "The id of the check.",
                },
                "rule": {"enum": list(RULE_NAMES), "description": "The one rule; left out, every rule of the check."},
                "reason": _text("Why, for readers of the report."),
                "owner": _text("Who looks after it."),
                "until": {"type": "string", "format": "date", "description": "The last day on which it holds."},
            },
        ),
        "required": ["check", "reason", "owner", "until"],
    }


def _promote() -> Schema:
    return _table(
        "What a promotion moves.",
        {
            "registry": _text("The registry's name."),
            "alias": {**_text("The alias that moves."), "default": "champion"},
            "sign": _text("The key that signs the verdict, as env:NAME."),
            "keys": {
                "type": "array",
                "items": _text("A public key: a file, or its PEM."),
                "description": "Who may sign verdicts and approvals.",
            },
            "require_signature": {
                "type": "boolean",
                "description": "Whether the verdict has to be signed by one of `keys`; where there are keys, it has.",
            },
            "require_approvals": {
                "type": "integer",
                "minimum": 0,
                "default": 0,
                "description": "How many of `keys`, the promoter's own left out, have to approve.",
            },
            "max_age": _text("How old the verdict may be, as 7d or 12h."),
            "break_glass": {
                "type": "boolean",
                "default": True,
                "description": "Whether an alias may be moved without evidence, loudly and with a reason.",
            },
        },
    )


def _table(description: str, properties: Mapping[str, Schema]) -> Schema:
    return {
        "description": description,
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
    }


def _text(description: str) -> Schema:
    return {"type": "string", "minLength": 1, "description": description}
