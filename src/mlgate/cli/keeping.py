"""Where a run is kept, in a workspace that nobody may write to."""

from __future__ import annotations

import errno
import tempfile
from dataclasses import replace
from pathlib import Path

import click

from mlgate.gate import GateRequest

_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)


def kept_somewhere(request: GateRequest) -> GateRequest:
    """The same request; in a read-only workspace it keeps its run in a temporary folder, and says so.

    A full disk, or a file in the folder's place, is no such case: they are told, and mended by who sees them.
    """
    state = request.state
    try:
        state.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=state):
            return request
    except OSError as error:
        if error.errno not in _READ_ONLY or request.resume:
            return request
    elsewhere = Path(tempfile.mkdtemp(prefix="mlgate-"))
    said = (
        f"{state} can't be written to: this run is kept in {elsewhere}, and looks at its test set are not counted on."
    )
    click.echo(f"mlgate: {said}", err=True)
    return replace(request, root=elsewhere)
