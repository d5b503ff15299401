"""`scan_model`: what the files of a model would do, told without opening it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from pathlib import Path

from mlgate.opening.files import LEFT_OUT
from mlgate.opening.scanning.contents import scan_file
from mlgate.opening.scanning.scanned import MOST_MEMBERS, Scanned
from mlgate.results import Finding

LARGEST = 20 << 30


def scan_model(path: Path | str) -> tuple[Finding, ...]:
    """The findings on a model's file or folder; none where everything in it is known and harmless.

    Nothing is executed, imported or written beside the model. A finding's `data` holds `file`, `offset` (bytes; in
    the unpacked member where the file is named `archive!member`) and, for an import, `module` and `name`.
    """
    root, scanned = Path(path), Scanned()
    if root.is_dir() and not root.is_symlink():
        for name, file in _walk(root, scanned):
            _scan_file(file, name, scanned)
    else:
        _scan_file(root, root.name, scanned)
    scanned.close()
    return tuple(scanned.findings)


def _walk(root: Path, scanned: Scanned) -> Iterator[tuple[str, Path]]:
    """Every entry that is no folder. Links are not followed, so a loop of them ends."""
    waiting, count = [root], 0
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    count += 1
                    if count > MOST_MEMBERS:
                        scanned.add(".", f"more than {MOST_MEMBERS:,} files, which no model needs.")
                        return
                    relative = Path(entry.path).relative_to(root).as_posix()
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    elif relative != LEFT_OUT:
                        yield relative, Path(entry.path)
        except OSError as error:
            scanned.add(".", f"a folder that can't be read ({error.strerror}).")


def _scan_file(file: Path, name: str, scanned: Scanned) -> None:
    if not name.isprintable():
        scanned.add(name, "a file's name with a newline, a terminal escape or another character that can't be printed.")
    try:
        about = file.lstat()
        if not stat.S_ISREG(about.st_mode):
            scanned.add(name, "a symbolic link or special file, which no digest can bind.")
        elif about.st_size > LARGEST or about.st_size - about.st_blocks * 512 > 1 << 30:
            scanned.add(name, "larger than 20 GiB, or mostly a hole.")
        elif about.st_size:
            with file.open("rb") as opened, mmap(opened.fileno(), 0, access=ACCESS_READ) as content:
                scan_file(content, name, scanned)
    except (OSError, ValueError) as error:
        scanned.add(name, f"can't be read ({type(error).__name__}).")
    except Exception as error:  # what breaks the scan is not seen by it, so it keeps the model closed
        scanned.add(name, f"the scan itself failed ({type(error).__name__}).")
