"""What a plugin declares of an engine: its name, its Python, its exact pins and its worker."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_LAYOUT = 1  # of an environment's folder: another layout is another address
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.+!_-]+(\s*;.*)?")
Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pythons:
    """The Pythons that an engine runs on, both ends included: `Pythons((3, 11), (3, 12))`."""

    oldest: Version
    newest: Version

    def __contains__(self, version: Version) -> bool:
        return self.oldest <= version <= self.newest

    def __str__(self) -> str:
        """As package managers write it: `>=3.11,<3.13`."""
        return f">={_dotted(self.oldest)},<{self.newest[0]}.{self.newest[1] + 1}"

    @property
    def names(self) -> tuple[str, ...]:
        """The commands that may start one, the newest first."""
        major = self.newest[0]
        return tuple(f"python{major}.{minor}" for minor in range(self.newest[1], self.oldest[1] - 1, -1))


@dataclass(frozen=True, slots=True)
class Engine:
    """A program that lives in an environment of its own.

    `pins` is everything that is installed, each exactly (`name==version`, with a marker where it is for one platform
    alone): nothing else is resolved. `worker` is a file of Python that imports nothing of mlgate and has a function
    `answer(body, tables, emit)`: what it is asked, the paths of its tables (Arrow streams), and what takes its answers,
    a JSON object each. `variables` are set for it, as those that switch telemetry off. Raises `ValueError`.
    """

    name: str
    python: Pythons
    pins: tuple[str, ...]
    worker: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    about: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"an engine's name is lower case with dashes, as deepchecks, not {self.name!r}")
        loose = [pin for pin in self.pins if not _PIN.fullmatch(pin)]
        if loose:
            raise ValueError(f"the engine {self.name} pins {loose[0]!r}: a pin is name==version")

    @property
    def digest(self) -> str:
        """What its environment is made of, in hexadecimal: the same pins on the same platform are the same address."""
        made_of = [_LAYOUT, self.name, str(self.python), sorted(self.pins), sys.platform, platform.machine()]
        return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()

    @property
    def address(self) -> str:
        """The name of its environment's folder."""
        return f"{self.name}-{self.digest[:16]}"


def _dotted(version: Version) -> str:
    return f"{version[0]}.{version[1]}"
