"""What one scan carries along: what it found, and how much it may still read and keep."""

from __future__ import annotations

from dataclasses import dataclass, field

from mlgate.results import Finding, Json, Location, Severity

MOST_FINDINGS = 200
DEEPEST = 8
MOST_UNPACKED = 4 << 30
MOST_MEMBERS = 100_000
MOST_OPCODES = 50_000_000
MOST_KEPT = 256 << 20


@dataclass(slots=True)
class Scanned:
    """The findings of one scan, in the order they were met. Archives in archives spend one budget."""

    findings: list[Finding] = field(default_factory=list)
    unpacked: int = 0
    members: int = 0
    opcodes: int = 0
    storages: dict[str, int] = field(default_factory=dict)  # tensors that the last pickle refers to, with their bytes
    unknown: list[str] = field(default_factory=list)  # files of no known format
    external: set[str] = field(default_factory=set)  # files that an ONNX model names as its numbers

    @property
    def count(self) -> int:
        """How many findings there are so far, those that wait for the last file included."""
        return len(self.findings) + len(self.unknown)

    def close(self) -> None:
        """After the last file: what is of no known format, and no ONNX model names as its numbers, is a finding."""
        for file in self.unknown:
            if file not in self.external:
                self.add(file, "content of no known format.", offset=0)

    def add(self, file: str, message: str, *, offset: int | None = None, severity: Severity = Severity.HIGH,
            **data: Json) -> None:  # fmt: skip
        """One finding; those after the first 200 are dropped, for one is enough to keep a model closed."""
        if len(self.findings) < MOST_FINDINGS:
            file = file[:1000]
            where = f"{file}, byte {offset}" if offset is not None else file
            facts: dict[str, Json] = {"file": file, "offset": offset, **data}
            self.findings.append(Finding(f"{where!a}: {message}", severity, Location(file), facts))
