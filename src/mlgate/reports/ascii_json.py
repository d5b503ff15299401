"""JSON for other tools: in ASCII, so that no text in it does anything on its way."""

from __future__ import annotations

import json

import msgspec

from mlgate.results import Json


def ascii_json(tree: Json) -> str:
    """Two spaces of indentation; the indenting is msgspec's, as Python's own takes four times as long."""
    return msgspec.json.format(json.dumps(tree, allow_nan=False), indent=2) + "\n"
