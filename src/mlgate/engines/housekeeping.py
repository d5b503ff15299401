"""What lies in the folder of environments, and what nobody needs any more."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from mlgate.engines.building import UNFINISHED, Environment, usable
from mlgate.engines.declaring import Engine
from mlgate.engines.manifest import NAME
from mlgate.errors import EngineError


@dataclass(frozen=True, slots=True)
class Standing:
    """An engine that is installed, its environment if that can be used, and where it is or would be."""

    engine: Engine
    environment: Environment | None
    path: Path


def standings(engines: Sequence[Engine], root: Path) -> tuple[Standing, ...]:
    """How each engine stands, by name."""
    ordered = sorted(engines, key=lambda engine: engine.name)
    return tuple(Standing(engine, usable(engine, root), root / engine.address) for engine in ordered)


def prune(root: Path, engines: Collection[Engine], *, everything: bool = False) -> tuple[Path, ...]:
    """Remove environments of no engine in `engines` (all, with `everything`) and what broken builds left.

    Nothing that is being built now is touched. Raises `EngineError` where a folder can't be removed.
    """
    kept = set() if everything else {engine.address for engine in engines}
    return tuple(path for path in _ours(root) if path.name not in kept and _remove(path, root))


def _ours(root: Path) -> Iterator[Path]:
    """Folders that a build made: anything else in that folder is somebody else's."""
    for path in sorted(root.iterdir()) if root.is_dir() else ():
        if path.is_dir() and not path.is_symlink() and (path.name.startswith(UNFINISHED) or (path / NAME).is_file()):
            yield path


def _remove(path: Path, root: Path) -> bool:
    locks = [root / f".{path.name}.lock"]
    if path.name.startswith(UNFINISHED):
        name = path.name.removeprefix(UNFINISHED).rpartition("-")[0]
        locks = sorted(root.glob(f".{name}-*.lock"))
    try:
        held = [FileLock(lock, timeout=0) for lock in locks]
        for lock in held:
            lock.acquire()
    except Timeout:
        return False
    except OSError as error:
        raise _stuck(path, error) from None
    try:
        shutil.rmtree(path)
    except OSError as error:
        raise _stuck(path, error) from None
    finally:
        for lock in held:
            lock.release()
    for lock_file in locks:
        lock_file.unlink(missing_ok=True)
    return True


def _stuck(path: Path, error: OSError) -> EngineError:
    return EngineError(f"{path} can't be removed: {error.strerror or error}.")
