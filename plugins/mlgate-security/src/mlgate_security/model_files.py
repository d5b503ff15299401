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
    """What in the model's files could run code, or can't be read: whatever keeps the model closed.

    Each file is known by its content. Pickles are walked opcode by opcode, also inside archives, compressed files,
    arrays and text; every import is held against mlgate's own list of exact names. Anything else is a finding, and so
    are encrypted, damaged, truncated, oversized and unknown contents, links, paths that lead out of the model's
    folder, Keras Lambda layers, TorchScript code and ONNX data from elsewhere. An MLmodel is held against what MLflow
    does with it: its loader and flavours stand on a list, its paths lead to files of the folder, and it brings no code.

    A model with a finding is not opened, whatever this check demands: a waiver opens nothing. `--trust-model DIGEST`
    and `trust` in the gate file do, for exactly these bytes, and everything that they override is in every report.

    ## What to do
    Read the file, the byte and the import that the finding names. Save the model as skops or in its library's own
    format, without functions and classes of your own in it; leave out of its folder what does not belong to it. Or
    vouch for the digest that the refusal names.
    """
    if candidate.path is None:
        raise NotApplicable("the model is made by a Python function and has no files.")
    found = tuple(candidate.findings)
    return Measurement(Measurement.exact(len(found), n=1).estimate, unit="findings", findings=found)
