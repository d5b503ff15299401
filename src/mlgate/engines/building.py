"""Build an environment once, for all who ask at the same time and for every project after them."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from filelock import FileLock, Timeout

from mlgate.engines.declaring import Engine
from mlgate.engines.installing import PATIENCE, Installer
from mlgate.engines.manifest import Manifest, Spoiled
from mlgate.engines.places import VARIABLE
from mlgate.errors import EngineError

UNFINISHED = ".building-"
_log = logging.getLogger(__name__)
Try = Callable[[Engine, Path], Mapping[str, object]]
"""Tries a new environment, given the engine and the folder; what it returns is kept in the manifest."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A built environment that was verified; `built` says whether that was done just now."""

    path: Path
    manifest: Manifest
    built: bool = False


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds into the folder `root`, from the folder `wheels` alone where one is named."""

    root: Path
    try_out: Try
    wheels: Path | None = None
    installer: Installer | None = None

    def ready(self, engine: Engine) -> Environment:
        """The environment of `engine`, built now if there is none that can be used. Raises `EngineError`."""
        found = usable(engine, self.root)
        if found is not None:
            return found
        with self._alone(engine):
            return usable(engine, self.root) or self._build(engine)

    @contextmanager
    def _alone(self, engine: Engine) -> Iterator[None]:
        """Whoever comes second waits, and finds what the first one built."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.root / f".{engine.address}.lock", timeout=PATIENCE)
            self._acquire(lock, engine)
        except Timeout:
            raise EngineError(f"another run has been building the engine {engine.name} for {PATIENCE:g} s.") from None
        except OSError as error:
            raise _unwritable(engine, self.root, error) from None
        try:
            yield
        finally:
            lock.release()

    def _acquire(self, lock: FileLock, engine: Engine) -> None:
        try:
            lock.acquire(timeout=0.0)
        except Timeout:
            _log.warning("mlgate: waiting for another run, which builds the environment of %s.", engine.name)
            lock.acquire()

    def _build(self, engine: Engine) -> Environment:
        """In a folder of its own and renamed when it is whole: nobody ever sees half of one."""
        _log.warning(
            "mlgate: building the environment of %s (%d packages) in %s, once; this takes a while.",
            engine.name,
            len(engine.pins),
            self.root,
        )
        started = time.monotonic()
        try:
            scratch = Path(mkdtemp(prefix=f"{UNFINISHED}{engine.name}-", dir=self.root))
        except OSError as error:
            raise _unwritable(engine, self.root, error) from None
        try:
            return self._finish(engine, scratch / "environment", started)
        except OSError as error:
            raise _unwritable(engine, self.root, error) from None
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _finish(self, engine: Engine, environment: Path, started: float) -> Environment:
        (self.installer or Installer.here()).install(engine, environment, self.wheels)
        says = self.try_out(engine, environment)
        seconds = time.monotonic() - started
        manifest = Manifest.of(engine, environment, python=_version_in(environment), seconds=seconds, says=says)
        manifest.write(environment)
        home = self.root / engine.address
        if home.exists():  # there is one, and it can't be used
            shutil.rmtree(home)
        environment.rename(home)
        return Environment(home, manifest, built=True)


def usable(engine: Engine, root: Path) -> Environment | None:
    """The verified environment of `engine`; None where there is none, or none that can be used."""
    home = root / engine.address
    try:
        manifest = Manifest.read(home)
        manifest.verify(engine, home)
    except (Spoiled, OSError):
        return None
    return Environment(home, manifest)


def _version_in(environment: Path) -> str:
    """As `pyvenv.cfg` tells it; uv and venv name the key differently."""
    for line in (environment / "pyvenv.cfg").read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("=")
        if key.strip() in ("version", "version_info"):
            return value.strip()
    return "unknown"


def _unwritable(engine: Engine, root: Path, error: OSError) -> EngineError:
    return EngineError(
        f"the engine {engine.name} is not built yet, and nothing can be written to {root}: {error.strerror or error}.",
        hint=f"Name another folder with {VARIABLE}, or build it where that is allowed: "
        f"`mlgate engines build {engine.name}`.",
    )
