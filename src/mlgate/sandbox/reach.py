"""Which files a confined process may read: Python, its packages, the user's code, and what it was started for."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_SYSTEM = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system",
    "/sys/fs/cgroup",
)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_CODE = (".py", ".pyc", ".so", ".pyd")
_MOST_ENTRIES = 20_000


@dataclass(frozen=True, slots=True)
class Reach:
    """Paths. `read` may be read, with everything below; of `listed`, the names of files may be read.

    `own` is the folder that may be written to. `code` are the files of the user's modules, a part of `read`.
    """

    read: Sequence[str]
    listed: Sequence[str]
    devices: Sequence[str]
    own: str
    code: Sequence[str] = ()


def module_path() -> list[str]:
    """Where this process finds modules, the current folder first: a pickle may name the user's own."""
    here = str(Path.cwd())
    found = (os.path.abspath(entry) for entry in sys.path if entry)
    return [here, *(entry for entry in found if entry != here)]


def reach_of(wanted: Iterable[Path], own: Path, path: Sequence[str]) -> Reach:
    """What a process needs that imports from `path` (a list like `sys.path`) and reads `wanted`.

    Of folders on `path` where no package is installed (the one that `mlgate` runs in is among them) only the code is
    within reach: test data, keys and the results of other runs lie there, too.
    """
    installed = _installed()
    users = [Path(entry) for entry in path if entry and not _is_below(Path(entry), installed)]
    code, folders = _code_in(users)
    read = [*_SYSTEM, *map(str, installed), *_libraries(), *map(str, wanted), *code]
    return Reach(read, folders, _DEVICES, str(own), code)


def reach_of_python(python: Path, wanted: Iterable[Path], own: Path) -> Reach:
    """What another Python needs that is started as `python`, in an environment of its own, and reads `wanted`."""
    environment, itself = python.parent.parent, python.resolve()
    base = itself.parent.parent
    read = [*_SYSTEM, str(environment), str(itself), *map(str, _below([base])), *_libraries(), *map(str, wanted)]
    return Reach(read, [], _DEVICES, str(own))


def _installed() -> list[Path]:
    """Python's own files, those of its packages, and mlgate's."""
    named = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    below = _below({Path(prefix) for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix)})
    packages = [Path(entry) for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")]
    archives = [Path(entry) for entry in sys.path if entry.endswith(".zip")]
    return [*map(Path, sorted(named)), *below, *packages, *archives, Path(__file__).parents[1]]


def _below(prefixes: Iterable[Path]) -> list[Path]:
    """What a Python has below its prefixes; of the system's own only what `_SYSTEM` lists."""
    own = set(prefixes) - {Path("/"), Path("/usr"), Path("/usr/local")}
    return [prefix / name for prefix in own for name in ("lib", "lib64", "share", "pyvenv.cfg")]


def _libraries() -> list[str]:
    return [entry for entry in os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep) if entry]


def _is_below(path: Path, roots: Iterable[Path]) -> bool:
    return any(path == root or path.is_relative_to(root) for root in roots)


def _code_in(folders: Iterable[Path]) -> tuple[list[str], list[str]]:
    """Modules below `folders`, the nearest first, and the folders they lie in; of a huge tree not all of them."""
    files, seen = [], dict.fromkeys(str(folder.resolve()) for folder in folders)
    queue = list(seen)
    entries = 0
    while queue and entries < _MOST_ENTRIES:
        for entry in _entries(queue.pop(0)):
            entries += 1
            if entry.name.endswith(_CODE) and entry.is_file():
                files.append(entry.path)
            elif entry.name.isidentifier() and entry.path not in seen and entry.is_dir(follow_symlinks=False):
                seen[entry.path] = None
                queue.append(entry.path)
    return files, list(seen)


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as scan:
            yield from sorted(scan, key=lambda entry: entry.name)
    except OSError:
        return
