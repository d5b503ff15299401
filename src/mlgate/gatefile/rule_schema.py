"""The JSON schema of rules, for editors; reading a gate file uses the rules' own reader, which says more."""

from __future__ import annotations

from enum import StrEnum

from mlgate.results import Level, Severity, Undecided

Schema = dict[str, object]


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def choice(kind: type[StrEnum], description: str, **facts: object) -> Schema:
    return {"enum": [str(word) for word in kind], "description": description, **facts}


def rule_properties() -> dict[str, Schema]:
    """Every rule by its name in a check's table."""
    return {
        "at_least": _told("bound", "The whole interval must lie at or above this number."),
        "at_most": _told("bound", "The whole interval must lie at or below this number."),
        "between": _told("span", "The whole interval must lie between these two numbers."),
        "not_worse_than_champion": _told("margins", "A loss against the champion of more than the margin is excluded."),
        "better_than_champion": _told("margins", "A win over the champion, of more than a margin, is shown."),
        "no_findings": _told("findings", "Nothing was found, from a severity on."),
        "any_of": {
            "description": "One of these rules is enough.",
            "type": "array",
            "minItems": 1,
            "items": ref("alternative"),
        },
    }


def setting_properties() -> dict[str, Schema]:
    """What a check's table says for all of its rules, and for the check itself."""
    return {
        **_levels(),
        "of": {"type": "string", "minLength": 1, "description": "The part that bounds speak of."},
        "timeout": {
            "type": "string",
            "minLength": 1,
            "description": 'The time that the check has, as "60s": then it is ended, and is errored.',
        },
    }


def rule_definitions() -> dict[str, Schema]:
    """What the rules refer to."""
    number: Schema = {"anyOf": [{"type": "number"}, {"type": "string", "description": 'With a unit, as "50ms".'}]}
    span: Schema = {"type": "array", "prefixItems": [ref("number")] * 2, "minItems": 2, "maxItems": 2}
    margins = _table({"margin": ref("number"), "relative_margin": ref("number")})
    severities = choice(Severity, "Findings of this severity and worse count.")
    return {
        "number": number,
        "bound": _value_or_parts(ref("number")),
        "span": _value_or_parts(span),
        "margins": {"anyOf": [{"const": True}, margins]},
        "findings": {"anyOf": [{"const": True}, severities, _table({"severity": severities})]},
        "alternative": _alternative(),
    }


def _alternative() -> Schema:
    properties = {**rule_properties(), "of": setting_properties()["of"]}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _value_or_parts(value: Schema) -> Schema:
    """A value; a table with `value`; or a table that names parts of the measurement."""
    long = {**_table({"value": value, "of": {"type": "string"}}), "required": ["value"]}
    parts: Schema = {
        "type": "object",
        "properties": {**_levels(), "value": False, "of": False},
        "additionalProperties": value,
        "minProperties": 1,
    }
    return {"anyOf": [value, long, parts]}


def _table(properties: dict[str, Schema]) -> Schema:
    return {"type": "object", "properties": {**properties, **_levels()}, "additionalProperties": False}


def _levels() -> dict[str, Schema]:
    return {
        "level": choice(Level, "What a rule may do: block, be shown, be recorded.", default=str(Level.ENFORCE)),
        "undecided": choice(Undecided, "What an inconclusive rule does to a promotion."),
    }


def _told(name: str, description: str) -> Schema:
    return {**ref(name), "description": description}
