"""Keys: made once, read from a file or an environment variable, never printed."""

from __future__ import annotations

import os
import stat
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.attestation.library import library
from mlgate.errors import UsageError

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, SSlibKey

PASSPHRASE = "MLGATE_SIGNING_PASSPHRASE"  # noqa: S105  # nosec B105 # the name of a variable
_ENVIRONMENT = "env:"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Scheme(StrEnum):
    """How a key signs."""

    ED25519 = "ed25519"
    ECDSA = "ecdsa"
    """On NIST P-256 with SHA-256: what most hardware and cloud key stores have."""


def generate(path: Path, scheme: Scheme = Scheme.ED25519) -> Path:
    """Make a key pair: the private one at `path`, for its owner alone (0600), the public one at `path`.pub.

    The private key is encrypted where the variable MLGATE_SIGNING_PASSPHRASE is set. Returns the public key's path.
    Raises `UsageError` where one of the files exists: a key is never overwritten.
    """
    library()
    from cryptography.hazmat.primitives import serialization as forms
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    public_path = path.with_name(path.name + ".pub")
    for each in (path, public_path):
        if each.exists() or each.is_symlink():
            raise UsageError(f"{each} exists, and a key is never overwritten.", hint="Name another file.")
    made = ed25519.Ed25519PrivateKey.generate() if scheme is Scheme.ED25519 else ec.generate_private_key(ec.SECP256R1())
    secret = _passphrase()
    sealed = forms.BestAvailableEncryption(secret) if secret else forms.NoEncryption()
    _write(path, made.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, sealed), 0o600)
    public = made.public_key().public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo)
    _write(public_path, public, 0o644)
    return public_path


def signing_key(source: str) -> CryptoSigner:
    """The private key in a PEM file, or in an environment variable (`env:NAME`). Raises `UsageError`."""
    library()
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.signer import CryptoSigner

    pem = _private_pem(source)
    try:
        return CryptoSigner(load_pem_private_key(pem, _passphrase() if b"ENCRYPTED" in pem else None))
    except Exception as error:  # cryptography has no common error, and its words may quote the key
        raise UsageError(
            f"{source} holds no private key that signs here: ed25519 and ECDSA on P-256, in PEM (PKCS #8).",
            hint=f"`mlgate keygen` makes one; the passphrase of an encrypted one is read from {PASSPHRASE}.",
        ) from error


def public_key(path: Path) -> SSlibKey:
    """The public key in a PEM file. Raises `UsageError`."""
    return public_key_of(_read(path), str(path))


def public_key_of(pem: bytes, called: str) -> SSlibKey:
    """The public key in a PEM text; `called` names it in sentences. Raises `UsageError`."""
    library()
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from securesystemslib.signer import SSlibKey

    if b"PRIVATE KEY" in pem:
        raise UsageError(
            f"{called} is a private key, and whoever verifies must not have it.",
            hint=f"Use {Path(called).name}.pub.",
        )
    try:
        return SSlibKey.from_crypto(load_pem_public_key(pem))
    except Exception as error:
        raise UsageError(
            f"{called} holds no public key that verifies here.",
            hint="`mlgate keygen` writes one beside the private key.",
        ) from error


def _private_pem(source: str) -> bytes:
    if source.startswith(_ENVIRONMENT):
        name = source.removeprefix(_ENVIRONMENT)
        value = os.environ.get(name)
        if not value:
            raise UsageError(
                f"the environment variable {name}, which holds the signing key, is not set.",
                hint="Set it to the text of the PEM file.",
            )
        return value.encode()
    path = Path(source)
    pem = _read(path)
    if os.name == "posix" and path.stat().st_mode & _OTHERS:
        raise UsageError(f"the private key {path} can be read by others.", hint=f"`chmod 600 {path}`, then again.")
    return pem


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"the key {path} can't be read: {error.strerror}.") from error


def _write(path: Path, content: bytes, mode: int) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
    except OSError as error:
        raise UsageError(f"the key {path} can't be written: {error.strerror}.") from error


def _passphrase() -> bytes | None:
    return os.environ.get(PASSPHRASE, "").encode() or None
