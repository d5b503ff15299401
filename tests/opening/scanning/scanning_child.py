"""Scans the files that standard input names, in a process that ends at the first sign of an execution."""

from __future__ import annotations

import json
import os
import sys

from mlgate import scan_model

FORBIDDEN = ("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "socket.connect", "pickle.find_class")


def watch(event: str, _: tuple[object, ...]) -> None:
    """An audit hook can't be taken off again."""
    if event in FORBIDDEN:
        os.write(2, event.encode())
        os._exit(3)


if __name__ == "__main__":
    paths = json.load(sys.stdin)
    sys.addaudithook(watch)
    json.dump({path: len(scan_model(path)) for path in paths}, sys.stdout)
