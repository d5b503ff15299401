"""What promotion commands start from: the registry, the gate file's conditions, and the keys."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate import gatefile
from mlgate.attestation import signing_key
from mlgate.errors import UsageError
from mlgate.gate import GateRequest, installed_host
from mlgate.gate.settings import gate_path
from mlgate.gatefile import GateFile
from mlgate.gatefile.promoting import SCHEMES
from mlgate.host import Host
from mlgate.spec import AliasMove, Registry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from securesystemslib.signer import CryptoSigner


@dataclass(frozen=True, slots=True)
class Desk:
    """The installed plugins and the gate file that governs this folder; an empty one where there is none."""

    host: Host
    gate: GateFile

    def registry(self, asked: str) -> Registry:
        """The registry of a name, with or without a scheme. Raises `UsageError` where none is installed."""
        return self.host.registry(asked if ":" in asked else f"{self._scheme()}:{asked}")

    def signers(self, keys: Sequence[str]) -> list[CryptoSigner]:
        """The keys that were named, else the gate file's, if its variable is set: who has none moves unauthorized."""
        stated = self.gate.promote.sign
        absent = stated is None or (stated.startswith("env:") and not os.environ.get(stated.removeprefix("env:")))
        return [signing_key(key) for key in (keys or ([] if absent else [str(stated)]))]

    def _scheme(self) -> str:
        stated = self.gate.promote.registry
        if stated is not None:
            return SCHEMES.get(stated, stated)
        return "models" if "models" in self.host.registries else "folder"


def desk(gate: Path | None) -> Desk:
    """Read the gate file that was named or that governs this folder."""
    path = gate_path(GateRequest(gate=gate))
    host = installed_host(path.parent if path is not None else Path.cwd())
    return Desk(
        host, gatefile.load(path, list(host.checks.values()), host.registries) if path is not None else GateFile()
    )


def bare_name(asked: str) -> str:
    """`credit-risk`, of `models:/credit-risk`. Raises `UsageError` for a version or an alias."""
    name = asked.partition(":")[2].removeprefix("/") if ":" in asked else asked
    if not name or "/" in name or "@" in name:
        raise UsageError(f"{asked} names no registered model.", hint="Name the model alone, as credit-risk.")
    return name


def moved(move: AliasMove, dry_run: bool, as_json: bool = False) -> str:
    """The sentence about a move, or for programs its JSON on one line."""
    if as_json:
        return json.dumps({**asdict(move), "dry_run": dry_run})
    place = f"{move.name}@{move.alias}"
    if move.previous == move.version:
        return f"{place} is held by version {move.version} already."
    before = f"version {move.previous}" if move.previous else "nobody"
    if dry_run:
        return f"would move {place} from {before} to version {move.version}."
    return f"{place} moved from {before} to version {move.version}."


def printable(text: str) -> str:
    """Text of others on one line of a terminal: nothing in it moves the cursor or colours the screen."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
