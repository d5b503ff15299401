"""Scans mutated model files: none may execute, crash, take over 1 s/MiB (and 1 s), or grow past 512 MiB.

python benchmarks/scan_fuzz.py [FOLDER_OF_MODELS] [COUNT]
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import resource
import sys
import tarfile
import tempfile
import time
import zipfile
import zlib
from pathlib import Path

from mlgate import scan_model

FORBIDDEN = ("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "socket.connect", "pickle.find_class")


def watch(event: str, _: tuple[object, ...]) -> None:
    """Ends the process at the first sign of an execution."""
    if event in FORBIDDEN:
        os.write(2, f"executed: {event}\n".encode())
        os._exit(3)


def mutated(seeds: list[bytes], draw: random.Random) -> bytes:
    """Bytes changed, repeated, spliced from another file, or cut off."""
    data = bytearray(draw.choice(seeds))
    for _ in range(draw.randint(1, 12)):
        data[draw.randrange(len(data))] = draw.randrange(256)
    if draw.random() < 0.3:
        other, at = draw.choice(seeds), draw.randrange(len(data))
        data[at:at] = other[: draw.randint(1, 4096)]
    return bytes(data[: draw.randint(1, len(data))]) if draw.random() < 0.3 else bytes(data)


def wrapped(data: bytes, draw: random.Random) -> bytes:
    """The same bytes as they are, or compressed, in a zip or in a tar: most spoilt bytes of those end at a checksum."""
    way = draw.randrange(10)
    if way == 0:
        return draw.choice((gzip.compress, bz2.compress, lzma.compress, zlib.compress))(data)
    made = io.BytesIO()
    if way == 1:
        with zipfile.ZipFile(made, "w", draw.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
            archive.writestr("model/data.pkl", data)
    elif way == 2:
        with tarfile.open(fileobj=made, mode="w") as archive_of_tar:
            about = tarfile.TarInfo("part")
            about.size = len(data)
            archive_of_tar.addfile(about, io.BytesIO(data))
    return made.getvalue() or data


def main(folder: str, count: int) -> None:
    """Prints the slowest file and the peak of memory. A mutated file may be wrapped, and spoilt once more."""
    seeds = [path.read_bytes() for path in sorted(Path(folder).rglob("*")) if path.is_file()]
    seeds = [seed for seed in seeds if seed]
    draw, slowest = random.Random(1), 0.0
    sys.addaudithook(watch)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "model")
        for number in range(count):
            data = wrapped(mutated(seeds, draw), draw)
            data = mutated([data], draw) if draw.random() < 0.5 else data
            path.write_bytes(data)
            began = time.process_time()
            found = scan_model(path)
            took = time.process_time() - began
            assert not any("scan itself failed" in each.message for each in found), (number, found)
            slowest = max(slowest, took)
            assert took < max(1.0, len(data) / 2**20), f"file {number} took {took:.2f} s"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert peak < 512, f"{peak:.0f} MiB"
    print(f"{count:,} files, slowest {slowest * 1000:.0f} ms CPU, peak {peak:.0f} MiB")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/model_files", int((sys.argv[2:] or ["20000"])[0]))
