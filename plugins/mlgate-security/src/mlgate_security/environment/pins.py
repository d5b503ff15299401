"""Pinned packages, and the lines that pin nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mlgate import Location


@dataclass(frozen=True, slots=True, order=True)
class Pin:
    """One package at one version; `name` is normalized as indexes do it, `conda` says that it came from there."""

    name: str
    version: str
    file: str
    line: int | None = None
    conda: bool = False

    @property
    def place(self) -> Location:
        return Location(self.file, self.line)

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Fault(StrEnum):
    """Why a line can't be audited or repeated."""

    UNPINNED = "is not pinned to one version: what is installed tomorrow was judged by nobody"
    ELSEWHERE = "comes from an address or a folder, of which no advisories are kept"
    OTHER_INDEX = "chooses where packages come from: the same name may be another package there"
    UNREADABLE = "can't be read as a requirement"
    OUTSIDE = "names a file that is not in the model's folder"


@dataclass(frozen=True, slots=True)
class Loose:
    """A line that pins nothing."""

    text: str
    fault: Fault
    file: str
    line: int | None = None

    @property
    def place(self) -> Location:
        return Location(self.file, self.line)


@dataclass(frozen=True, slots=True)
class Environment:
    """What all files of the environment say together; each package at each version once."""

    files: tuple[str, ...]
    pins: tuple[Pin, ...]
    loose: tuple[Loose, ...]

    @classmethod
    def of(cls, files: Iterable[str], entries: Iterable[Pin | Loose]) -> Environment:
        pins: dict[tuple[str, str], Pin] = {}
        loose: dict[tuple[str, Fault], Loose] = {}
        for entry in entries:
            if isinstance(entry, Pin):
                pins.setdefault((entry.name, entry.version), entry)
            else:
                loose.setdefault((entry.text, entry.fault), entry)
        return cls(tuple(files), tuple(sorted(pins.values())), tuple(loose.values()))
