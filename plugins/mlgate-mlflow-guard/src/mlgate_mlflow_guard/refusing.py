"""Refusals: which rule, what is wrong, the way out; and never a status that MLflow's client would ask again for."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from mlgate import OutcomeUnknown

_SERVER_FAULT = 500
_STATE = "INVALID_STATE"


class Rule(StrEnum):
    """What was broken, by the name that the documentation explains it under."""

    AUTHORIZATION = "authorization"
    ATTESTATION = "attestation"
    BREAK_GLASS = "break-glass"
    FILES = "files"
    HOLDER = "holder"
    ALIAS = "protected-alias"
    SPELLING = "alias-spelling"
    STAGE = "stage"
    NAME = "name"
    RESERVED = "reserved-name"
    EVIDENCE = "evidence"
    WORKSPACE = "workspace"
    DATABASE = "database"


class Code(StrEnum):
    """MLflow's codes that its client takes for an answer: 403, 409 and 400. It repeats every 5xx for minutes."""

    FORBIDDEN = "PERMISSION_DENIED"
    CONFLICT = "RESOURCE_CONFLICT"
    INVALID = "INVALID_PARAMETER_VALUE"


class Refused(Exception):
    """The guard's no."""

    def __init__(self, rule: Rule, said: str, way_out: str, code: Code = Code.FORBIDDEN) -> None:
        super().__init__(f"mlgate's guard refused this ({rule}): {said} {way_out}")
        self.code = code
        self.said = said


@contextmanager
def answering() -> Iterator[None]:
    """Turn whatever is raised into an answer of MLflow's that is no server fault."""
    from mlflow.exceptions import MlflowException

    try:
        yield
    except Refused as refused:
        raise _exception(str(refused), refused.code) from refused
    except MlflowException as error:
        if error.error_code == _STATE:  # an answer to what was asked, though MLflow sends it as a fault
            raise _exception(error.message, Code.CONFLICT) from error
        if error.get_http_status_code() >= _SERVER_FAULT:
            raise _fault(error) from error
        raise
    except Exception as error:  # a guard that crashes has to say no
        raise _fault(error) from error


def _fault(error: Exception) -> Any:
    logging.getLogger(__name__).error("The guard could not decide", exc_info=error)
    said, way_out = (
        f"it could not be decided ({type(error).__name__}), and nothing was changed.",
        "Repeat it; if it says so again, the server's log tells why.",
    )
    if isinstance(error, OutcomeUnknown):
        said = "the database was lost while it committed, and whether it was done is not known."
        way_out = "Repeat it: what was done is not done twice. `mlgate history NAME` shows what was."
    refused = Refused(Rule.DATABASE, said, way_out, Code.CONFLICT)
    return _exception(str(refused), refused.code)


def _exception(message: str, code: Code) -> Any:
    from mlflow.exceptions import MlflowException
    from mlflow.protos import databricks_pb2

    return MlflowException(message, error_code=getattr(databricks_pb2, code.value))
