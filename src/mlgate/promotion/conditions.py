"""What the gate file asks of a promotion, with its keys read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.attestation import public_key
from mlgate.attestation.keys import public_key_of
from mlgate.gatefile import GateFile
from mlgate.gatefile.promoting import is_pem
from mlgate.gatefile.reading import shown

if TYPE_CHECKING:
    from securesystemslib.signer import SSlibKey


@dataclass(frozen=True, slots=True)
class Conditions:
    """`gate` is the gate file's digest, None where there is none; `keys` are those that may sign."""

    gate: str | None = None
    gate_path: str | None = None
    max_age: timedelta | None = None
    keys: tuple[SSlibKey, ...] = ()
    require_signature: bool = False
    require_approvals: int = 0
    break_glass: bool = True


def conditions_of(gate: GateFile) -> Conditions:
    """The conditions that a gate file states. Raises `UsageError` where a key can't be read."""
    stated = gate.promote
    return Conditions(
        gate=gate.digest,
        gate_path=shown(gate.path) if gate.path is not None else None,
        max_age=stated.max_age,
        keys=tuple(_key(key) for key in stated.keys),
        require_signature=stated.require_signature,
        require_approvals=stated.require_approvals,
        break_glass=stated.break_glass,
    )


def _key(stated: str) -> SSlibKey:
    return public_key_of(stated.encode(), "a key under [promote]") if is_pem(stated) else public_key(Path(stated))
