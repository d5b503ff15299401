"""`security.model_files`: what the candidate's files would do when they are opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from mlgate import Finding, Measurement, NotApplicable, check


class Candidate(Protocol):
    """The model under test, as far as its files go."""

    @property
    def path(self) -> Path | None: ...

    @property
    def findings(self) -> Sequence[Finding]: ...


@check("security.model_files", better="lower", unit="findings", default={"no_findings": True})
def model_files(candidate: Candidate) -> Measurement:
    """What in the model's files could run code, or can't be read, found without opening any of them.

    Each file is known by its content. Pickles are walked opcode by opcode, also inside archives, compressed files,
    arrays and text; every import is held against mlgate's own list of exact names. Anything else is a finding, and so
    are encrypted, damaged, truncated, oversized and unknown contents, links, paths that lead out of the model's
    folder, Keras Lambda layers, TorchScript code and ONNX data from elsewhere.

    ## What to do
    Read the file, the byte and the import that the finding names. Save the model as skops or in its library's own
    format, without functions and classes of your own in it; leave out of its folder what does not belong to it.
    """
    if candidate.path is None:
        raise NotApplicable("the model is made by a Python function and has no files.")
    found = tuple(candidate.findings)
    return Measurement(Measurement.exact(len(found), n=1).estimate, unit="findings", findings=found)
