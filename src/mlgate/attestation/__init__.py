"""Signed statements in DSSE envelopes that anybody can verify offline: the verdict of a run, and the leave to move."""

from mlgate.attestation.authorization import (
    Authorization,
    AuthorizationKind,
    Warrant,
    authorize,
    unseal_authorization,
)
from mlgate.attestation.issuing import attest
from mlgate.attestation.keys import Scheme, generate, public_key, signing_key
from mlgate.attestation.schema import AUTHORIZATION_SCHEMA, STATEMENT_SCHEMA
from mlgate.attestation.signed_models import verify_model
from mlgate.attestation.verifying import Attestation, Expected, verify

__all__ = [
    "AUTHORIZATION_SCHEMA",
    "STATEMENT_SCHEMA",
    "Attestation",
    "Authorization",
    "AuthorizationKind",
    "Expected",
    "Scheme",
    "Warrant",
    "attest",
    "authorize",
    "generate",
    "public_key",
    "signing_key",
    "unseal_authorization",
    "verify",
    "verify_model",
]
