"""Workflow commands, and the file in which a step leaves outputs: both escaped by GitHub's own rules.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands; the escapes are those of
`escapeData` and `escapeProperty` in actions/toolkit, packages/core/src/command.ts.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from mlgate.reports.terminal import harmless, harmless_lines


def command(name: str, properties: Mapping[str, str], message: str) -> str:
    """`::error file=mlgate.toml,line=21::...`: one line, in which no text begins another command or property."""
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name}{' ' if told else ''}{told}::{_data(harmless_lines(message))}"


def output(name: str, value: str) -> str:
    """`name=value` for GITHUB_OUTPUT, between delimiters that nobody can guess, so that no value adds an output."""
    delimiter = f"mlgate_{secrets.token_hex(16)}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(harmless(text)).replace(":", "%3A").replace(",", "%2C")
