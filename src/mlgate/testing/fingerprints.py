"""Whether a resource is still what it was: a value to compare before and after a check."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping

from mlgate.errors import MlgateError

OPAQUE = "opaque"


def fingerprint(resource: object) -> object:
    """A value that differs once the content of `resource` does: of plain values and containers, arrays, data frames,
    tables and dataclasses. Of anything else it tells nothing: `OPAQUE`.
    """
    import numpy as np

    if resource is None or isinstance(resource, bool | int | float | complex | str | bytes):
        return resource
    if isinstance(resource, np.ndarray):
        content = repr(resource.tolist()).encode() if resource.dtype.hasobject else resource.tobytes()
        return str(resource.dtype), resource.shape, hashlib.sha256(content).hexdigest()
    if isinstance(resource, Mapping):
        return {key: fingerprint(value) for key, value in resource.items()}
    if isinstance(resource, list | tuple):
        return [fingerprint(item) for item in resource]
    if isinstance(resource, set | frozenset):
        return set(resource)
    return _of_rows(resource)


def _of_rows(resource: object) -> object:
    from mlgate.tabular import ScoredTable, Table

    if isinstance(resource, ScoredTable):
        return fingerprint(resource.table)
    if isinstance(resource, Table):
        return Table.of(resource.collect()).digest
    if dataclasses.is_dataclass(resource):
        return {field.name: fingerprint(getattr(resource, field.name)) for field in dataclasses.fields(resource)}
    try:
        return Table.of(resource).digest
    except (MlgateError, TypeError):
        return OPAQUE
