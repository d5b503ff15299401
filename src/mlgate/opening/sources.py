"""What predictions depend on beside the model's bytes: the installed packages and the user's own modules.

A pickle names the classes that it needs and does not hold their code: edit `features.py`, and the same bytes predict
otherwise.
"""

from __future__ import annotations

import hashlib
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from pathlib import Path

from mlgate.opening.staging import PREFIX

_OWN_TESTS = ("test_", "conftest")


def installed() -> tuple[str, ...]:
    """Python and every installed distribution with its version, from folder names alone."""
    found = {sys.version}
    for folder in _package_folders():
        found.update(each.name for each in folder.glob("*.dist-info"))
    return tuple(sorted(found))


def local_sources() -> dict[str, str]:
    """Path and SHA-256 of every imported module that is neither Python's, nor installed, nor a test, nor in a model."""
    return digests_of(local_modules())


def digests_of(files: Iterable[str]) -> dict[str, str]:
    """Path and SHA-256 of every file that can be read."""
    return {file: digest for file in files if (digest := _sha256(Path(file))) is not None}


def local_modules() -> tuple[str, ...]:
    """The paths of those modules."""
    roots = _foreign_roots()
    files = {str(getattr(module, "__file__", None) or "") for module in list(sys.modules.values())}
    local = (Path(file) for file in files if file.endswith(".py"))
    return tuple(
        str(file)
        for file in local
        if not any(file.is_relative_to(root) for root in roots)
        and not file.name.startswith(_OWN_TESTS)
        and not any(part.startswith(PREFIX) for part in file.parts)
    )


def unchanged(sources: Mapping[str, str]) -> bool:
    """Whether every file still has the digest that was taken."""
    return all(_sha256(Path(file)) == digest for file, digest in sources.items())


def _foreign_roots() -> tuple[Path, ...]:
    """Where modules are not the user's: Python, packages and mlgate itself."""
    own = Path(__file__).parents[1]
    standard = (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))
    return (*_package_folders(), own, *map(Path, standard))


def _package_folders() -> set[Path]:
    paths = {Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("platlib"))}
    return paths | {Path(entry) for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")}


def _sha256(file: Path) -> str | None:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return None
