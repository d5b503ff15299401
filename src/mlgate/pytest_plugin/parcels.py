"""What a test measured, on its way to the record: a parcel on its report, in types that xdist carries as they are."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mlgate.pytest_plugin.gates import OpenGate
    from mlgate.results import CheckRun

_ATTRIBUTE = "mlgate_parcel"
_POST = "mlgate-post"


@dataclass(frozen=True, slots=True)
class Parcel:
    """Runs of one gate. `gate`, `folder` and `root` say where the gate stands, `record` holds its facts and the runs.

    `selected` are the node ids of the gate's checks that are to run, by check, in the first parcel of each process.
    `subjects` is empty where the gate file alone says what is measured; else it names model and data, so that what
    was measured on others never comes into one record.
    """

    gate: str | None
    folder: str
    root: str | None
    subjects: str
    selected: dict[str, str]
    record: str

    @property
    def key(self) -> tuple[str, str | None, str]:
        """Parcels of one key make one record."""
        return self.gate or self.folder, self.root, self.subjects


Sender = Callable[[pytest.TestReport], Parcel | None]
"""Looks at each report of a test, and hands over a parcel for the one that should carry it."""

_SENDER = pytest.StashKey[Sender]()


def pack(gate: OpenGate, runs: Sequence[CheckRun], items: Iterable[pytest.Item]) -> Parcel:
    """`items` are those of this pytest session. Raises `RecordError` where a measurement holds what a record can't."""
    from mlgate.gate.verdicts import record_of
    from mlgate.results.record_json import to_json

    session, request = gate.session, gate.request
    sheet = {run.check: session.sheet[run.check] for run in runs if run.check in session.sheet}
    record = record_of(gate.facts, runs, sheet, session.gate, seconds=0.0)
    return Parcel(
        gate=str(request.gate.resolve()) if request.gate else None,
        folder=str(request.folder.resolve()),
        root=str(request.root.resolve()) if request.root else None,
        subjects=gate.subjects,
        selected=gate.announcement(items),
        record=to_json(record).decode(),
    )


def send(item: pytest.Item, sender: Sender) -> None:
    """Have `sender` asked for a parcel at each report of `item`."""
    manager = item.config.pluginmanager
    if not manager.has_plugin(_POST):
        manager.register(_Post(), _POST)
    item.stash[_SENDER] = sender


def parcel_of(report: pytest.TestReport) -> Parcel | None:
    """What came with the report, from here or from a worker."""
    attached = getattr(report, _ATTRIBUTE, None)
    return None if attached is None else Parcel(**attached)


class _Post:
    """Sees each report last, when its outcome is settled."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        sender = item.stash.get(_SENDER, None)
        parcel = sender(report) if sender is not None else None
        if parcel is not None:
            setattr(report, _ATTRIBUTE, asdict(parcel))
        return report
