"""Sign a record: find the model's files again, digest them, write the envelope."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate import gatefile, opening
from mlgate.attestation import attest, signing_key
from mlgate.attestation.keys import PASSPHRASE
from mlgate.cli.folders import host_here
from mlgate.errors import CheckError, UsageError
from mlgate.gate import GateRequest, installed_host
from mlgate.gate.settings import gate_path
from mlgate.host import Host
from mlgate.results import Record
from mlgate.runner.journal import write_atomically

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner


def sign_record(
    record: Record, document: bytes, signers: Sequence[CryptoSigner], out: Path, model: str | None = None
) -> Path:
    """Write the signed envelope of `record` to `out`; `model` is where its files are, if not where the record says."""
    uri = model or (record.facts.candidate.uri if record.facts.candidate else None)
    if uri is None:
        raise CheckError("the record is about no model: there is nothing to sign for.")
    envelope = attest(document, files_of(uri, host_here(Path.cwd())), signers)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(out, envelope)
    except OSError as error:
        raise CheckError(f"the attestation could not be written to {out}: {error.strerror}.") from error
    return out


def files_of(uri: str, host: Host) -> dict[str, str]:
    """The SHA-256 of every file of the model at `uri`; nothing is opened. Raises `ModelError`, `RegistryError`."""
    located, _ = opening.locate(uri, host.model_openers)
    if located.path is None:
        raise CheckError(f"{uri} is made by Python code and has no files of its own: no digest binds it.")
    return opening.manifest(located.path)


def taken_key(source: str) -> CryptoSigner:
    """The signing key, taken out of the environment: the model that is opened next must not find it there."""
    key = signing_key(source)
    for name in (source.removeprefix("env:") if source.startswith("env:") else None, PASSPHRASE):
        os.environ.pop(name or "", None)
    return key


def stated_key(gate: Path | None) -> tuple[str, ...]:
    """The key that the gate file names under [promote]. Raises `UsageError` where there is none."""
    path = gate_path(GateRequest(gate=gate))
    stated = gatefile.load(path, list(installed_host(path.parent).checks.values())).promote.sign if path else None
    if stated is None:
        raise UsageError("no key was named.", hint="Name one with --key, or with `sign` under [promote].")
    return (stated,)
