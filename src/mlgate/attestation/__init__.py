"""Signed evidence: the verdict of a run as an in-toto statement in a DSSE envelope that anybody can verify offline."""

from mlgate.attestation.issuing import attest
from mlgate.attestation.keys import Scheme, generate, public_key, signing_key
from mlgate.attestation.schema import STATEMENT_SCHEMA
from mlgate.attestation.signed_models import verify_model
from mlgate.attestation.verifying import Attestation, Expected, verify

__all__ = [
    "STATEMENT_SCHEMA",
    "Attestation",
    "Expected",
    "Scheme",
    "attest",
    "generate",
    "public_key",
    "signing_key",
    "verify",
    "verify_model",
]
