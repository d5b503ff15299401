"""What an environment was when it was built, so that it is used only while it still is that."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from mlgate.engines.declaring import Engine
from mlgate.engines.installing import python_of

NAME = "mlgate-engine.json"
_VERSION = 1


class Spoiled(Exception):
    """The environment is not what was built; the text continues a sentence that begins with its name."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`records` are the digests of each installed distribution's list of files, by distribution.

    `files` and `bytes` are counted over the whole environment; `seconds` is what the build took; `python` is the
    version that it was built with; `says` is what the worker whose digest is `worker` told of itself when it was tried.
    """

    digest: str
    engine: str
    python: str
    seconds: float
    files: int
    bytes: int
    records: Mapping[str, str]
    worker: str
    says: Mapping[str, object]

    @classmethod
    def of(
        cls, engine: Engine, environment: Path, *, python: str, seconds: float, says: Mapping[str, object]
    ) -> Manifest:
        files, size = _counted(environment)
        return cls(
            engine.digest,
            engine.name,
            python,
            round(seconds, 1),
            files,
            size,
            _records(environment),
            _sha256(engine.worker),
            says,
        )

    @classmethod
    def read(cls, environment: Path) -> Manifest:
        """Raises `Spoiled` where there is none that can be read."""
        try:
            tree = json.loads((environment / NAME).read_text(encoding="utf-8"))
            if tree.pop("manifest") != _VERSION:
                raise Spoiled("was built by another version of mlgate")
            return cls(**tree)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise Spoiled("has no manifest that can be read") from None

    def says_of(self, engine: Engine) -> Mapping[str, object] | None:
        """What the engine's worker told; None where another worker was tried: pins can outlive a worker."""
        return self.says if self.worker == _sha256(engine.worker) else None

    def write(self, environment: Path) -> None:
        text = json.dumps({"manifest": _VERSION, **asdict(self)}, indent=1, allow_nan=False)
        (environment / NAME).write_text(text, encoding="utf-8")

    def verify(self, engine: Engine, environment: Path) -> None:
        """Raises `Spoiled` where the environment is another one, or was changed since."""
        if self.digest != engine.digest:
            raise Spoiled("has other pins than the engine")
        if not python_of(environment).exists():
            raise Spoiled("has no Python any more: the one that it was built with was moved or upgraded")
        if dict(self.records) != _records(environment):
            raise Spoiled("has other packages than were built into it")
        if (self.files, self.bytes) != _counted(environment):
            raise Spoiled("has files that were added, changed or deleted")


def _records(environment: Path) -> dict[str, str]:
    found = sorted(
        path for pattern in ("lib/*/site-packages", "Lib/site-packages") for path in environment.glob(pattern)
    )
    lists = (record for folder in dict.fromkeys(found) for record in sorted(folder.glob("*.dist-info/RECORD")))
    return {record.parent.name.removesuffix(".dist-info"): _sha256(record) for record in lists}


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "unreadable"


def _counted(environment: Path) -> tuple[int, int]:
    """How many files the environment has, and their bytes, its manifest left out."""
    sizes = list(_sizes(str(environment)))
    return len(sizes), sum(sizes)


def _sizes(folder: str) -> Iterator[int]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _sizes(entry.path)
            elif entry.name != NAME:
                yield entry.stat(follow_symlinks=False).st_size
