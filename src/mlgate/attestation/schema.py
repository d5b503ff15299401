"""The shapes of our statements: stricter than in-toto's and SLSA's own, which allow any further field."""

from __future__ import annotations

from typing import Any, Final

_HEX: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_TEXT: Final = {"type": "string", "minLength": 1}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def _statement(
    title: str, description: str, *, of: str, subject: dict[str, Any], predicate: dict[str, Any]
) -> dict[str, Any]:
    """An in-toto Statement v1 whose predicate is of the type `of`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": f"in-toto Statement v1{description}",
        **_object(
            {
                "_type": {"const": "https://in-toto.io/Statement/v1"},
                "subject": {"type": "array", **subject},
                "predicateType": {"const": of},
                "predicate": predicate,
            }
        ),
    }


_ONE_DIGEST: Final = {
    "type": "object",
    "properties": {"sha256": _HEX, "dirHash": _HEX},
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
}
_INSTANT: Final = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"}
_PREDICATE: Final = _object(
    {
        "verifier": _object({"id": {"const": "pkg:pypi/mlgate"}, "version": _object({"mlgate": _TEXT})}),
        "timeVerified": _INSTANT,
        "resourceUri": _TEXT,
        "policy": _object({"uri": _TEXT}, {"digest": _object({"sha256": _HEX})}),
        "inputAttestations": {
            "type": "array",
            "items": _object({"name": _TEXT, "uri": _TEXT, "digest": _ONE_DIGEST}),
            "minItems": 1,
        },
        "verificationResult": {"enum": ["PASSED", "FAILED"]},
        "verifiedLevels": {"enum": [["MLGATE_ALLOWED"], ["FAILED"]]},
    }
)
STATEMENT_SCHEMA: Final = _statement(
    "mlgate attestation",
    " with SLSA's Verification Summary v1: a verdict bound to a model's bytes.",
    of="https://slsa.dev/verification_summary/v1",
    subject={
        "items": _object({"name": _TEXT, "digest": _ONE_DIGEST}),
        "minItems": 2,
        "description": "The model as a whole (dirHash), then every file of it (sha256).",
    },
    predicate=_PREDICATE,
)

_HOLDER: Final = _object({"version": _TEXT, "created": _TEXT})
_PLACE: Final = {
    "registry": _TEXT,
    "workspace": {"anyOf": [_TEXT, {"type": "null"}]},
    "model": _TEXT,
    "version": _TEXT,
    "created": _TEXT,
    "alias": _TEXT,
}
_ONE_VERSION: Final = {
    "items": _object({"name": _TEXT, "digest": _object({"dirHash": _HEX})}),
    "minItems": 1,
    "maxItems": 1,
    "description": "The version that the alias moves to, and the digest of its files.",
}
_AUTHORIZATION: Final = _object(
    {
        "kind": {"enum": ["promotion", "rollback", "break-glass"]},
        **_PLACE,
        "expected": {"anyOf": [_HOLDER, {"type": "null"}], "description": "Who holds the alias before the move."},
        "generation": {"type": "integer", "minimum": 0, "description": "How often the alias has moved so far."},
        "notBefore": _INSTANT,
        "notAfter": _INSTANT,
        "evidence": {"type": "array", "items": _object({"name": _TEXT, "digest": _object({"sha256": _HEX})})},
        "actor": _TEXT,
        "nonce": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    },
    {"reason": _TEXT},
)
AUTHORIZATION_SCHEMA: Final = _statement(
    "mlgate promotion authorization",
    ": one move of one alias, which may happen once.",
    of="urn:mlgate:promotion-authorization:v1",
    subject=_ONE_VERSION,
    predicate={
        **_AUTHORIZATION,
        "if": {"properties": {"kind": {"const": "break-glass"}}},
        "then": {"required": ["reason"]},
    },
)
APPROVAL_SCHEMA: Final = _statement(
    "mlgate promotion approval",
    ": a person's signature under one verdict, for one alias.",
    of="urn:mlgate:promotion-approval:v1",
    subject=_ONE_VERSION,
    predicate=_object(
        {**_PLACE, "record": _object({"sha256": _HEX}), "time": _INSTANT, "actor": _TEXT}, {"comment": _TEXT}
    ),
)
