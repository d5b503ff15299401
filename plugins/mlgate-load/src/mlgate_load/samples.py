"""Samples of requests, one fixed record each, appended to a file: a killed run keeps all but the last one."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RECORD = struct.Struct("<dddihh")
NAME = "samples.bin"
NOTES = "notes.jsonl"
_FIELDS = (
    ("intended", "<f8"),
    ("latency", "<f8"),
    ("lag", "<f8"),
    ("status", "<i4"),
    ("fault", "<i2"),
    ("target", "<i2"),
)

ANSWERED, BAD_STATUS, BAD_BODY, NO_ANSWER, CUT, REFUSED, NOT_SENT = range(7)
"""What came of a request; from `NO_ANSWER` on, there was no answer of the server."""
WAITED = (ANSWERED, NO_ANSWER, NOT_SENT)
"""Those whose latency says how long a caller had to wait: a quick refusal is no fast answer."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Requests in the order in which they ended; times in seconds. `latency` counts from the intended start, and `lag`
    is the part of it by which the generator itself was late."""

    intended: NDArray[np.float64]
    latency: NDArray[np.float64]
    lag: NDArray[np.float64]
    status: NDArray[np.int32]
    fault: NDArray[np.int16]
    target: NDArray[np.int16]

    @property
    def n(self) -> int:
        return len(self.intended)

    @property
    def failed(self) -> NDArray[np.bool_]:
        import numpy as np

        return np.not_equal(self.fault, ANSWERED)

    @property
    def waited(self) -> NDArray[np.bool_]:
        """Whether the caller's wait is known: answered well, or not at all."""
        import numpy as np

        return np.isin(self.fault, WAITED)

    def where(self, chosen: NDArray[np.bool_]) -> Samples:
        """Those of the requests alone."""
        return Samples(*(getattr(self, name)[chosen] for name, _ in _FIELDS))


def read_samples(folder: Path) -> Samples:
    """Every whole record in `folder`; none where nothing was sent."""
    import numpy as np

    path = folder / NAME
    raw = path.read_bytes() if path.exists() else b""
    whole = len(raw) // RECORD.size
    rows = np.frombuffer(raw[: whole * RECORD.size], dtype=np.dtype(list(_FIELDS)))
    return Samples(*(np.ascontiguousarray(rows[name]) for name, _ in _FIELDS))
