"""Signatures beside a model: found by their names, told by their content, held against keys where there are some."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate import AttestationRefused, verify_model
from mlgate_security.files import LARGEST

_NAMES = ("attestation.json", "*.sig", "*.sigstore", "*.sigstore.json", "*.intoto.jsonl")
_BUNDLE = "application/vnd.dev.sigstore.bundle"
_IN_TOTO = "application/vnd.in-toto+json"


@dataclass(frozen=True, slots=True)
class Signature:
    """A file that signs for the model, its name for people, and its kind in words."""

    path: Path
    name: str
    kind: str


def signatures(root: Path) -> list[Signature]:
    """Those among the model's files; links are not followed."""
    found = {path for pattern in _NAMES for path in root.rglob(pattern) if path.is_file() and not path.is_symlink()}
    return [Signature(path, path.relative_to(root).as_posix(), kind_of(path)) for path in sorted(found)]


def kind_of(path: Path) -> str:
    """mlgate's own envelope, a Sigstore bundle as OpenSSF model-signing writes it, or neither."""
    content = _content(path)
    if str(content.get("mediaType", "")).startswith(_BUNDLE):
        return "Sigstore bundle"
    if content.get("payloadType") == _IN_TOTO and "signatures" in content:
        return "in-toto envelope"
    return "unknown"


def why_not(root: Path, signature: Path, keys: Sequence[Path]) -> str | None:
    """Why the signature does not hold for the model's files; None where it does."""
    if not signature.is_file():
        return "there is no such file"
    if kind_of(signature) == "Sigstore bundle":
        return "it is a Sigstore bundle, which `model_signing verify` holds against its signer, and a key does not"
    try:
        verify_model(root, signature, keys)
    except AttestationRefused as refusal:
        return refusal.message.rstrip(".")
    return None


def _content(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes()) if path.stat().st_size <= LARGEST else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
