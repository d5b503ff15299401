"""What a caller asks of a run: options of the command line, or of Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlgate import gatefile


@dataclass(frozen=True, slots=True)
class GateRequest:
    """Everything that wins over the gate file. `gate` is its path; without one it is looked for from `folder` up.

    `model` and `champion` are URIs, or (from Python) fitted estimators; `tables` maps `test`, `train` and further
    names to URIs or native frames. `run` is the id of a run that several processes share; `export_rows`
    the folder that checks write failing rows into. `alone` compares with no champion, whatever the gate file says:
    for a model that is the champion. `trust` are digests of models that the caller vouches for: they are opened
    whatever is found in them. `own_process` says that this process is the gate's alone, and may be ended where a model
    keeps it from ever running on.
    """

    model: object | None = None
    champion: object | None = None
    tables: Mapping[str, object] = field(default_factory=dict)
    label: str | None = None
    positive: str | None = None
    entity: str | None = None
    time: str | None = None
    weight: str | None = None
    sensitive: tuple[str, ...] = ()
    slices: tuple[tuple[str, ...], ...] = ()
    gate: Path | None = None
    folder: Path = field(default_factory=Path.cwd)
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    jobs: int = 1
    time_budget: float | None = None
    resume: bool = False
    root: Path | None = None
    run: str | None = None
    export_rows: Path | None = None
    alone: bool = False
    trust: tuple[str, ...] = ()
    own_process: bool = False

    @property
    def state(self) -> Path:
        """The folder that keeps runs, cached predictions and looks: one for a project, from wherever in it one runs.

        It lies beside the gate file that is found from `folder` up, else in `folder`; a `gate` that is named may be
        another project's.
        """
        found = gatefile.find(self.folder) if self.root is None and self.gate is None else None
        return self.root or (self.folder if found is None else found.parent) / ".mlgate"
